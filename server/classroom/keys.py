"""What the application carries for the classroom."""

from __future__ import annotations

from aiohttp import web

from server.classroom.hub import Hub

HUB: web.AppKey[Hub] = web.AppKey("classroom_hub", Hub)
