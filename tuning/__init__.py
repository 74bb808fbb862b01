"""From feedback to a better model in service. Knows neither Slack nor the prompt."""
