"""What Slack sends: stored once, then acted on by a job."""
