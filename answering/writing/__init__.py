"""The words that are shown, other than a model's own: blocks, quotations, refusals."""
