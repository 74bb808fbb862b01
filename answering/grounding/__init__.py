"""Whether what a draft says stands in the evidence, sentence by sentence. Asks no model."""
