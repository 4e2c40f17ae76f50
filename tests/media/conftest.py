"""Property tests of the media plane: a busy machine makes no example too slow."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("media", deadline=None)
settings.load_profile("media")
