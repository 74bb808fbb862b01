"""Real servers from wheels, started and stopped by us. Knows no settings."""
