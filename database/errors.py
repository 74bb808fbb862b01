"""What can go wrong with the database."""


class DatabaseUnavailable(Exception):
    """Postgres cannot be reached, or refuses; the message is a sentence for a person."""
