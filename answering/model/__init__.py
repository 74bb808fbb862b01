"""The chat model, its tokens and the voice it speaks in."""
