"""Thirty short documents and questions about them, some in words of their own."""

TEXTS = {
    "leave": "Everyone has thirty days of holiday a year.",
    "deploy": "Run make deploy to bring a change to the servers.",
    "pager": "Whoever is on call carries the pager for a week.",
    "lunch": "The kitchen serves soup at noon.",
    "bikes": "Bicycles are kept in the cellar.",
    "keys": "Keys are handed out at the front desk.",
    "rooms": "Meeting rooms are booked in the calendar.",
    "travel": "Trains are preferred to planes.",
    "laptops": "A laptop is replaced after four years.",
    "parking": "Parking costs two euros a day.",
    "plants": "The plants are watered on Mondays.",
    "print": "The printer stands beside the lift.",
    "backup": "Copies of the database are made each night.",
    "doctor": "Somebody who is ill tells the team by ten.",
    "salary": "Wages are paid on the last day of the month.",
    "review": "Each change is read by a second engineer.",
    "fire": "In a fire everyone meets at the fountain.",
    "guests": "Visitors wear a yellow badge.",
    "coffee": "Coffee beans are bought from a cooperative.",
    "library": "Books may be borrowed for six weeks.",
    "music": "The choir sings on Thursdays.",
    "garden": "Tomatoes grow on the roof.",
    "windows": "Windows are shut in the evening.",
    "heating": "The heating starts in October.",
    "post": "Parcels are collected at four.",
    "dogs": "Dogs may lie under the desk.",
    "chairs": "Chairs can be set to any height.",
    "expenses": "Receipts are sent to the bookkeeper.",
    "party": "The summer party is at the lake.",
    "phones": "Phones are silent in the quiet room.",
}
"""Texts by key."""

BY_WORD = {
    "leave": "How many days of holiday are there?",
    "deploy": "What does make deploy do?",
    "pager": "Who carries the pager?",
}
"""Questions that share words with what answers them."""

BY_MEANING = {"salary": "When do I get my money?", "doctor": "I caught a cold, what now?"}
"""Questions that only a model of meaning finds."""


def long_texts() -> dict[str, str]:
    """Eight documents of many chunks each."""
    return {
        str(n): " ".join(f"Fact {n} has part {part} too." for part in range(600)) for n in range(8)
    }
