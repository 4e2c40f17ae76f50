"""Seats: taken, held, confirmed and given back."""
