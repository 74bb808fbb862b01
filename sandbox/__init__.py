"""A Slack workspace on your own machine, to try and to test a bot. Knows no bot."""
