"""Slack's Web API: client, directory, who reads what, streamed messages."""
