"""What printed sheets share: letters and colours."""
