"""Store sources, documents, chunks and posting lists, by generation."""
