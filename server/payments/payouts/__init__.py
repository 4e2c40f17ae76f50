"""What mentors earn: their accounts at the payment provider, what they are owed, and how they get it."""
