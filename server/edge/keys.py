"""What the application carries for the whole edge."""

from __future__ import annotations

from aiohttp import web

from config.settings import Settings

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)

# Addresses, as (method, canonical path), that act with no login's authority: forging them gains nothing.
TOKEN_FREE: web.AppKey[frozenset[tuple[str, str]]] = web.AppKey("token_free", frozenset)

# Addresses, likewise, whose senders are not counted with everybody who writes: they count for themselves.
OWN_LIMITS: web.AppKey[frozenset[tuple[str, str]]] = web.AppKey("own_limits", frozenset)
