"""Answers in threads, by slash command, and unprompted."""
