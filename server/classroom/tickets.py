"""Tickets: one entry into one room for one person, within a minute, for clients without a cookie."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.classroom.models import Ticket
from server.classroom.seats import token_hash
from server.infra import clock
from server.infra.db import transactional

LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    ticket: str
    expires_at: datetime


@transactional
async def issue(session_id: UUID, user_id: int) -> IssuedTicket:
    """A fresh ticket; this person's expired ones for the session are swept away."""
    now = clock.now()
    await Ticket.filter(session_id=session_id, user_id=user_id, expires_at__lte=now).delete()
    token, expires_at = secrets.token_urlsafe(32), now + LIFETIME
    await Ticket.create(
        token_hash=token_hash(token), session_id=session_id, user_id=user_id, expires_at=expires_at
    )
    return IssuedTicket(token, expires_at)


@transactional
async def withdraw(user_id: int) -> None:
    """None of the person's tickets opens anything any more."""
    await Ticket.filter(user_id=user_id, used_at__isnull=True).delete()


@transactional
async def redeem(session_id: UUID, token: str) -> int | None:
    """Use a ticket up and say whose it was; None for one that is unknown, foreign, old or used.

    The guarded UPDATE decides: of two uses at once one gets in."""
    valid = Ticket.filter(
        token_hash=token_hash(token),
        session_id=session_id,
        used_at__isnull=True,
        expires_at__gt=clock.now(),
    )
    if not await valid.update(used_at=clock.now()):
        return None
    return (await Ticket.get(token_hash=token_hash(token))).user_id
