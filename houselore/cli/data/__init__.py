"""`houselore data`: from feedback to a frozen dataset."""
