"""What feedback teaches retrieval: fusion weights and a query adapter."""
