"""What administrators do: review mentors, look after accounts."""
