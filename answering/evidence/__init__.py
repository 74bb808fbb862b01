"""Find the blocks of documents that may answer a question, and read them."""
