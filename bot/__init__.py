"""The Slack side: store events, run their jobs, post the replies of an `Answerer`."""
