"""The error that database/ raises."""


class DatabaseUnavailable(Exception):
    """Postgres cannot be reached or refuses. The message is a sentence that users can act on."""
