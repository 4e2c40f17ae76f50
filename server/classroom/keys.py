"""What the application carries for the classroom."""

from __future__ import annotations

from aiohttp import web

from server.classroom.house import House
from server.classroom.hub import Hub
from server.classroom.news import News

HUB: web.AppKey[Hub] = web.AppKey("classroom_hub", Hub)
HOUSE: web.AppKey[House] = web.AppKey("classroom_house", House)
NEWS: web.AppKey[News] = web.AppKey("classroom_news", News)
