"""Measure answers on questions with known right answers."""
