"""Evaluate a candidate beside the incumbent: scorecard, safety suite, gate."""
