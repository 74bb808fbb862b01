"""A question to passages: two arms, fused, reranked."""
