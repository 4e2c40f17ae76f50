"""What materials hand out: frozen values, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Phase(StrEnum):
    """From when learners see a file."""

    BEFORE = "before"  # as soon as they have a seat
    AFTER = "after"  # once the lesson has ended


@dataclass(frozen=True, slots=True)
class MaterialFile:
    """One file; `size` in bytes, `sha256` in hexadecimal, `url` where it is fetched."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    phase: Phase
    created_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one person sees on a session's page: the `files` that are theirs now, how many come after the
    lesson (`later`), and how many there are at all."""

    role: Literal["mentor", "learner", ""]
    files: tuple[MaterialFile, ...] = ()
    later: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Download:
    """A file that somebody may have, and where it is stored."""

    key: str
    name: str
    content_type: str
    size: int
    sha256: str
