"""From sources to documents to chunks in Postgres, and from a question to evidence."""
