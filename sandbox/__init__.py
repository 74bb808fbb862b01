"""A Slack workspace on your own machine, to try a bot and to test it."""
