"""Learning pathways: offerings in an order, and how far a learner has come."""
