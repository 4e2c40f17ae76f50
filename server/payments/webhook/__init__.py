"""What the provider tells us: taken once, and looked into by a job."""
