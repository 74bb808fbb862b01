"""Connections to Slack: Socket Mode, the Events API, and the sandbox."""
