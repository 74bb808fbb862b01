"""Keep the index in step with its sources; build, compare and promote new generations."""
