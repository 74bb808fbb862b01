"""How likely a reply is right, from what can be counted about it."""
