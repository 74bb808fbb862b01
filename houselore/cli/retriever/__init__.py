"""`houselore retriever`: the learned weights of the search."""
