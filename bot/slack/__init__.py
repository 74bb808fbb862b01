"""Slack's Web API: the client, cached look-ups, audiences and streamed messages."""
