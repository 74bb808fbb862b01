"""A Slack workspace's state: people, channels, messages, and the world it begins with."""
