"""How good answers are, on questions whose right answer is known."""
