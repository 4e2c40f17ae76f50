"""Who waits for a seat of a full session, and the seats that are offered to them in turn."""
