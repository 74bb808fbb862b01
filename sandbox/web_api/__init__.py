"""The Web API: one endpoint, its methods, their scopes and limits."""
