"""The chat model, its abilities, and the voice it speaks in."""
