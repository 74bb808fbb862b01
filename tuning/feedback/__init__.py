"""From what people said of answers to training examples."""
