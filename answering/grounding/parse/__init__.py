"""Read a sentence into tokens, propositions, operators and quantities."""
