"""A small cross-encoder that judges whether a text answers a question, and where."""
