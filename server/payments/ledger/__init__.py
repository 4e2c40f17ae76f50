"""The books, in double entry: written once, never changed. What happened is told by its entries."""
