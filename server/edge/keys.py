"""What the application carries for the whole edge."""

from __future__ import annotations

from aiohttp import web

from config.settings import Settings

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
