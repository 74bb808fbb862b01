"""Understand a message in its thread: follow-ups, several questions, small talk."""
