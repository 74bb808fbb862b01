"""Health checks and reader pages over HTTP."""
