"""Questions to real documents: for fitting the confidence of an answer and for choosing."""
