"""An answer's Markdown as blocks and as plain text."""
