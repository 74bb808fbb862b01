"""The types that the package shares: question, answer, progress."""
