"""People's accounts: who someone is, how they prove it, what they may do."""
