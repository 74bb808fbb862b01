"""Train, evaluate and export the reader that retrieval/reader runs."""
