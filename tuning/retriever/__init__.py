"""What feedback teaches the search: weights and a query adapter."""
