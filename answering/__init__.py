"""Answer a question in its thread from evidence in the index, and check every sentence."""
