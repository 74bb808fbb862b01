"""Registry, canary, promotion, and where adapters are stored."""
