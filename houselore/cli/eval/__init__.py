"""`houselore eval`: measure answers, documents, the search, the confidence."""
