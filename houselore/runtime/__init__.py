"""`houselore run`: start, work in the background, stop."""
