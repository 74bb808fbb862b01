"""From a question to the blocks of documents that may answer it."""
