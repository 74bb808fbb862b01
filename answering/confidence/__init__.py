"""Estimate from features how likely a reply is right, and decide what is shown."""
