"""`houselore data`: feedback to a frozen dataset."""
