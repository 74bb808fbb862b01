"""Embed text as vectors."""
