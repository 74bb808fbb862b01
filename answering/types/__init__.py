"""What a question, its answer and its progress are, for all of the package."""
