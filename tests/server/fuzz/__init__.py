"""Requests that nobody meant to send."""
