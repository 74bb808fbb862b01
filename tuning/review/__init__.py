"""The queue of examples that people approve, edit or reject."""
