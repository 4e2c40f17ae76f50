"""Which part of a list a page shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Part:
    """Pages count from 1, and an empty list has one."""

    number: int
    per_page: int
    total: int = 0

    @classmethod
    def asked(cls, request: web.Request, per_page: int) -> Part:
        """What `?page=` asks for; the first where it asks for nothing that could be."""
        text = request.query.get("page", "1")
        return cls(
            max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1, per_page
        )

    def of(self, total: int) -> Part:
        return replace(self, total=total)

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.per_page

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))
