"""Finding sessions: the timetable with its filters."""
