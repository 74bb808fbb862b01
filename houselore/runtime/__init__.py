"""`houselore run`: start, background work, stop."""
