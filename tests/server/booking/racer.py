"""A process of its own that does several things at once, one race after the other.

python -m tests.server.booking.racer   reads lines of `[data_dir, database_url, [asked, …]]`, says
`ready`, waits for another line, and writes `[[asked, outcome], …]`, in no order

What is asked is VERB:SUBJECT:USER; the subject is a session (its id), for `confirm` and `expire` a
booking (its number), and for `accept` another time that is proposed (its id).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from uuid import UUID

from config.settings import load_settings
from server.accounts import service as accounts
from server.booking import service
from server.booking.forms import SessionChanges
from server.booking.rescheduling.answering import accept
from server.booking.seats.expiry import expire_hold
from server.booking.waiting.queue import join_waitlist
from server.edge.access import Viewer
from server.infra import db
from server.infra.errors import DomainError

Action = Callable[[str, Viewer], Awaitable[object]]


async def book(session_id: str, viewer: Viewer) -> str:
    booked = await service.book_session(UUID(session_id), viewer)
    return "created" if booked.created else "found"


async def expire(booking_id: str, viewer: Viewer) -> str:
    return "expired" if await expire_hold(int(booking_id)) else "left alone"


ACTIONS: dict[str, Action] = {
    "book": book,
    "leave": lambda session_id, viewer: service.leave_session(UUID(session_id), viewer),
    "wait": lambda session_id, viewer: join_waitlist(UUID(session_id), viewer),
    "confirm": lambda booking_id, viewer: service.confirm(int(booking_id), viewer.user_id),
    "expire": expire,
    "accept": lambda proposal_id, viewer: accept(UUID(proposal_id), viewer),
    "publish": lambda session_id, viewer: service.publish_session(UUID(session_id), viewer),
    "start": lambda session_id, viewer: service.start_session(UUID(session_id), viewer),
    "cancel": lambda session_id, viewer: service.cancel_session(UUID(session_id), viewer),
    "shrink": lambda session_id, viewer: service.change_session(
        UUID(session_id), viewer, SessionChanges(capacity=2)
    ),
}


async def outcome(asked: str) -> tuple[str, str]:
    verb, subject, user_id = asked.split(":")
    try:
        did = await ACTIONS[verb](subject, await accounts.get_viewer(int(user_id)))
    except DomainError as refused:
        did = refused.code
    return f"{verb}:{subject}", did if isinstance(did, str) else "done"


async def race(data_dir: str, database_url: str, asked: list[str]) -> list[tuple[str, str]]:
    environ = {"PEERLEARN_DATA_DIR": data_dir, "PEERLEARN_DATABASE_URL": database_url}
    await db.open_database(load_settings(environ))
    say("ready")
    sys.stdin.readline()  # both processes are ready
    outcomes = await asyncio.gather(*map(outcome, asked))
    await db.close_database()
    return outcomes


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for line in sys.stdin:
        say(json.dumps(asyncio.run(race(*json.loads(line)))))
