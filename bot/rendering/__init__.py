"""What a message looks like: an answer's Markdown as Block Kit, mrkdwn and plain text."""
