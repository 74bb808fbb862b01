"""The review queue on the Home tab."""
