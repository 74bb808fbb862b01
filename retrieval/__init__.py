"""Index sources as documents and chunks in Postgres, and retrieve passages for a question."""
