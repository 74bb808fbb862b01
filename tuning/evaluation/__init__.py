"""A candidate beside what is served: scorecard, safety suite, gate."""
