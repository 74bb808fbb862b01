"""The ways to Slack: Socket Mode, the Events API, the sandbox."""
