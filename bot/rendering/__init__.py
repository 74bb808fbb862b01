"""Render an answer's Markdown as Block Kit, mrkdwn and plain text."""
