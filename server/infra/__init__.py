"""The outside world, each part with an embedded twin: database, clock, mail, storage, outbox."""
