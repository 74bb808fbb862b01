"""People and channels by name, as Slack knows them."""
