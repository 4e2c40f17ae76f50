"""Money that goes back: decided with its cause, sent to the provider, followed until it has arrived."""
