"""Invent facts of a fictional team, some of which have changed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A question, where its answer stands, the former answer and the current one."""

    question: str
    label: str
    before: str
    now: str


# question | label | sentence | kind of value
_TOPICS = """
How much is the travel budget? | Travel policy | The travel budget is {} euros a year. | money
Who approves expenses? | Expenses | {} approves all expenses. | name
How many days of leave do we get? | Leave | Everyone has {} days of leave a year. | days
When is the weekly release? | Releases | The weekly release goes out on {}. | weekday
Where do we keep the backups? | Backups | Backups are kept in {}. | place
How long are logs kept? | Logging | Logs are kept for {} days. | days
Who is on call at the weekend? | On call | At the weekend {} is on call. | name
Which version of Python do we use? | Development | We develop with Python {}. | version
What is the limit for a request? | API, Limits | A request may be {} megabytes large. | days
When do we meet with the customers? | Meetings | We meet the customers every {}. | weekday
Who runs the onboarding? | Onboarding | {} runs the onboarding of new colleagues. | name
How long is the trial? | Sales, Trial | The trial lasts {} days. | days
Where is the main office? | Offices | The main office is in {}. | place
What does the starter plan cost? | Prices | The starter plan costs {} euros a month. | money
How many people may share a desk? | Office rules | Up to {} people share a desk. | few
How many reviews does a change need? | Code review | Each change needs {} reviews. | few
Which day is for deep work? | Calendar | {} is kept free for deep work. | weekday
Who answers questions about security? | Security | Questions about security go to {}. | name
How long does a password last? | Passwords | A password lasts {} days. | days
What is the bonus for a referral? | Hiring | A referral earns {} euros. | money
Which database version is in production? | Production | Production runs PostgreSQL {}. | version
How many servers are in the cluster? | Cluster | The cluster has {} servers. | few
Where is the team day held? | Team day | The team day is held in {}. | place
When must invoices be handed in? | Invoices | Invoices must be handed in by {}. | weekday
"""
_NAMES = "Mara Okafor|Jonas Lind|Priya Raman|Tom Becker|Aiko Mori|Lena Duarte|Sam Whitlock"
_VALUES = {
    "money": [f"{n},{h}00" for n in range(1, 9) for h in (0, 2, 5)] + ["19", "29", "49", "300"],
    "name": _NAMES.split("|"),
    "days": ["7", "10", "14", "21", "25", "28", "30", "45", "60", "90", "180"],
    "weekday": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
    "place": ["Lisbon", "Graz", "Turku", "Utrecht", "Leeds", "Bergen", "Porto"],
    "version": ["3.10", "3.11", "3.12", "3.13", "14.2", "15.1", "16.4"],
    "few": ["2", "3", "4", "5", "6", "8", "12"],
}


def facts(chance: random.Random) -> Iterator[Fact]:
    """Yield facts without end, each topic in turn, with values drawn by `chance`."""
    while True:
        for line in _TOPICS.strip().splitlines():
            question, label, sentence, kind = line.split(" | ")
            before, now = chance.sample(_VALUES[kind], 2)
            yield Fact(question, label, sentence.format(before), sentence.format(now))
