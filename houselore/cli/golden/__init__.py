"""`houselore golden`: the questions that a new index is compared by."""
