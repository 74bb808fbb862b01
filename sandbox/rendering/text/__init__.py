"""Text as HTML: mrkdwn, Markdown, emoji, links and names."""
