"""`houselore golden`: the questions by which a new index is compared."""
