"""Every figure in the docs, one command each."""
