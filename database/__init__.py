"""One handle on Postgres: a pool, named statements, cancellation."""
