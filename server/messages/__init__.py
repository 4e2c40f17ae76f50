"""People writing to each other: one to one, and with everybody of a session."""
