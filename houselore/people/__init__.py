"""People and channels by name, looked up in Slack."""
