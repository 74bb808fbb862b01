"""What is stored: sources, documents, chunks and posting lists, by generation."""
