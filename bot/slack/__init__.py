"""Slack's Web API: client, directory, blocks, streamed messages."""
