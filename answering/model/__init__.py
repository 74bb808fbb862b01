"""The chat model, what it is able to do, and the voice it speaks in."""
