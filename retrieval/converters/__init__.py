"""Convert files to Markdown, one converter for each format."""
