"""Attendance decides money: what was measured of a lesson says who gets what, and people may object."""
