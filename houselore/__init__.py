"""The command line, the settings, and the composition root that opens all services."""
