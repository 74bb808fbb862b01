"""`houselore models`: the registry, evaluating candidates, pulling files."""
