"""Text to terms, and BM25 over them."""
