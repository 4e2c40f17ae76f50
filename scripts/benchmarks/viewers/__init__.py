"""Real viewers behind bad networks: namespaces, a publisher of recorded layers, what viewers saw."""
