"""The chat models: open them, choose one per question, refresh and close them."""
