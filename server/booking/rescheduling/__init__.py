"""A session moves to another time when those who come agree."""
