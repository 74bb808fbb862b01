"""A question and its thread to evidence to a grounded answer. Knows no Slack."""
