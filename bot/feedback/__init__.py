"""Votes, comments and corrections of an answer, and their erasure."""
