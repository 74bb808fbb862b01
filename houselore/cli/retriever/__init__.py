"""`houselore retriever`: the learned search weights."""
