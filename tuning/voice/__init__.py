"""A team's voice: its markers, its texts, how close an answer comes to it."""
