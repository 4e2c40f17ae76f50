"""Files that go with a session, before it and after it."""
