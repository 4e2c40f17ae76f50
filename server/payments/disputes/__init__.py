"""Payments that a learner's bank took back: held until it is decided, then a loss or none."""
