"""Addresses that are there only where `ENV=development`."""

from __future__ import annotations

from server.pages import development
from server.routes.table import ANYONE, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/dev/components", development.components_page, ANYONE),
    Route("GET", "/dev/mail", development.mail_page, ANYONE),
    Route("GET", "/dev/mail.json", development.mail_json, ANYONE),
    Route("GET", "/dev/info.json", development.info_json, ANYONE),
)
