"""Feedback on answers: votes, comments, corrections, and their erasure."""
