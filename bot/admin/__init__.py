"""Administration from Slack: the slash command, channel settings, experts and reindexing."""
