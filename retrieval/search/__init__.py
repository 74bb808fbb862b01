"""Find the passages for a question: dense and lexical search, fused and reranked."""
