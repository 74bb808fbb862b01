"""A file's bytes to Markdown, one converter a format."""
