"""Sessions and bookings: drafts, publishing, seats, times, and the life of a session."""
