"""The trained reader: a small cross-encoder that judges whether and where a text answers."""
