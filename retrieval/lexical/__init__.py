"""Analyse text into terms, and score terms with BM25."""
