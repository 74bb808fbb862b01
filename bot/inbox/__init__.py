"""The inbox: each Slack event is stored once, then handled by a job."""
