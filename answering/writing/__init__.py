"""Write what is shown: blocks as in their source, the model's checked words, abstentions."""
