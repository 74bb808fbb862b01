"""Reviews of training examples in Slack: the queue on the Home tab, and verdicts."""
