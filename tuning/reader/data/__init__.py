"""The examples that the reader is trained on."""
