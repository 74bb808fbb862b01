"""Questions about real documents, for fitting the confidence and for choosing what to show."""
