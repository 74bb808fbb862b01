"""The training examples of the reader."""
