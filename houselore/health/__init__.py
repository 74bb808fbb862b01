"""Is each part ready, and how to mend what is not."""
