"""Mails that ask nobody's preferences: a link with a token, and what was decided about an account.

Each job's mail is one delivery, so that it goes out once, with one Message-ID however often it is tried,
and leaves a row. What stands in it is not kept: the token in it opens the account."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from server.infra import clock, outbox
from server.infra.mailer import MailRefused
from server.notifications.kinds import LETTERS, MAIL
from server.notifications.models import Delivery
from server.notifications.post import Addressee, post_office
from server.notifications.sending import OPEN


@dataclass(frozen=True, slots=True)
class Letter:
    """One that is to go out now, of `kind`, which names its template."""

    delivery_id: int
    kind: str
    to: Addressee
    message_id: str

    async def send(self, values: Mapping[str, Any]) -> None:
        """Raises to be tried again; not where the address takes no mail."""
        try:
            subject = await post_office().send(self.to, self.kind, values, message_id=self.message_id)
        except MailRefused as refused:
            await self._note(status="bounced", detail=str(refused)[:2000])
        except Exception as error:
            await self._note(status="failed", detail=repr(error)[:2000])
            raise
        else:
            await self._note(status="sent", subject=subject[:300], detail="", sent_at=clock.now())

    async def _note(self, **became: Any) -> None:
        await Delivery.filter(id=self.delivery_id).update(**became)


@asynccontextmanager
async def letter(user_id: int, kind: str, to: Addressee) -> AsyncIterator[Letter | None]:
    """What the present job has to send; None when it did by now. Tokens are made within, so that the one
    that somebody has in their mail stays good."""
    assert kind in LETTERS, kind
    async with post_office().turn:
        row = await _row(user_id, kind, to)
        yield Letter(row.id, kind, to, row.message_id) if row.status in OPEN else None


async def _row(user_id: int, kind: str, to: Addressee) -> Delivery:
    job = f"letter:{outbox.running()}"
    key: dict[str, Any] = {"user_id": user_id, "channel": MAIL, "dedupe_key": job, "target": ""}
    made = Delivery(
        **key,
        kind=kind,
        status="waiting",
        about={"address": to.email},
        message_id=post_office().new_message_id(),
        created_at=clock.now(),
    )
    await Delivery.bulk_create([made], ignore_conflicts=True)
    return await Delivery.get(**key)
