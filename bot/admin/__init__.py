"""What admins do from Slack: the slash command, channel settings, reindexing."""
