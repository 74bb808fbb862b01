"""`houselore models`: the registry, judging a candidate, pulling files."""
