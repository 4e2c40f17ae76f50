"""Rooms that talk: sockets that write lines of chat at a steady rate and time those that arrive."""
