"""The books held against the provider's, every day, amount by amount."""
