"""When a mentor can be booked: the form of their week, what it makes free, and how others see it."""
