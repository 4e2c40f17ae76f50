"""Money: what learners pay, what they get back, and what mentors are owed, on a ledger that balances."""
