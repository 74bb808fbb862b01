"""The front door: command line, settings, and the one place that opens services."""
