"""Pages and lists under a year's worth of rows: how long, how many queries, how heavy."""
