"""Slack in, Slack out. Knows no model and no index: it asks an Answerer."""
