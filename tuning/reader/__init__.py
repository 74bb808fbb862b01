"""How the reader that retrieval/reader runs is taught, measured and written. Serves nobody."""
