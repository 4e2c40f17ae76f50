"""The technical check before a lesson: the very node, tried with a loop of one's own pictures."""
