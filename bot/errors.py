"""The bot's errors; each message is a sentence for a person.

BotError
├── SlackFailed       Slack refused a call or could not be reached
├── DatabaseDown      the inbox or the job queue could not be written or read
├── NameNotFound      a name matches no one, or several; the message lists the candidates
├── QuestionRefused   the question cannot be answered as it stands; the message says what to do
├── FeedbackRefused   feedback on an answer cannot be saved; the message says why
├── ReviewRefused     a review cannot be saved; the message says why
└── SettingRefused    settings or experts cannot be changed so; the message says what can be
"""


class BotError(Exception):
    """Base of the errors that the bot raises on purpose; the message is a sentence for a person."""


class SlackFailed(BotError):
    """Slack refused a call (`error` is Slack's code) or could not be reached (`error` is "")."""

    def __init__(self, message: str, error: str = "") -> None:
        super().__init__(message)
        self.error = error


class DatabaseDown(BotError):
    """The inbox or the job queue could not be written or read."""


class NameNotFound(BotError):
    """A name matches no person or channel, or more than one."""


class QuestionRefused(BotError):
    """The question cannot be answered as it stands."""


class FeedbackRefused(BotError):
    """Feedback on an answer cannot be saved."""


class ReviewRefused(BotError):
    """The example is gone, the verdict does not apply to it, or this person may not review it."""


class SettingRefused(BotError):
    """The change is not understood, this person may not make it, or it cannot be made here."""
