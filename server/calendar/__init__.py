"""Lessons in people's calendars: files, a feed, a page of weeks and months, and reminders."""
