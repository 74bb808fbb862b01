"""Deliver events and interactions to the app, and take its responses."""
