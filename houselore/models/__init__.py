"""The chat models: opened, chosen for a question, refreshed, drained."""
