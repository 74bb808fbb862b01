"""Measure a search on a corpus."""
