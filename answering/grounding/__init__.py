"""Check sentence by sentence, by rules, whether the evidence supports a draft."""
