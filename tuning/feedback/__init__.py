"""From people's feedback on answers to training examples."""
