"""Web Push: telling people on the devices they chose, also while no page of ours is open."""
