"""How long a recording is kept, who fetched it, and how it goes: deleted, expired, or held for longer."""
