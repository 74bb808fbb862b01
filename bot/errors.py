"""What can go wrong between Slack and an answer.

BotError
├── SlackFailed       Slack refused a call or could not be reached
├── DatabaseDown      the inbox or the job queue could not be written or read
├── NameNotFound      a name that is nobody's, or several people's; the message says whose it may be
├── QuestionRefused   the question cannot be answered as it stands; the message says what to do
├── FeedbackRefused   what is said of an answer cannot be kept; the message says why
├── ReviewRefused     what is reviewed cannot be decided so, or by whom; the message says why
└── SettingRefused    settings or experts cannot be changed so; the message says what can be
"""


class BotError(Exception):
    """Anything the bot raises on purpose; its message is a sentence for a person."""


class SlackFailed(BotError):
    """Slack refused a call (`error` is its name for why) or could not be reached (`""`)."""

    def __init__(self, message: str, error: str = "") -> None:
        super().__init__(message)
        self.error = error


class DatabaseDown(BotError):
    """The inbox or the job queue could not be written or read."""


class NameNotFound(BotError):
    """A name that is nobody's, or several people's or channels'."""


class QuestionRefused(BotError):
    """The question cannot be answered as it stands."""


class FeedbackRefused(BotError):
    """What somebody says of an answer cannot be kept."""


class ReviewRefused(BotError):
    """What is reviewed is gone, cannot be decided so, or not by this person."""


class SettingRefused(BotError):
    """Settings or experts cannot be changed as was said, by whom it was said, or there."""
