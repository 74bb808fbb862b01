"""Measure search quality on evaluation datasets."""
