"""A seat is paid: begun with the provider, followed until the money came, and what comes of it."""
