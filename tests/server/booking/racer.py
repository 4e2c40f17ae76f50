"""A process of its own that books several seats at once.

python -m tests.server.booking.racer DATA_DIR DATABASE_URL SESSION:USER…   prints SESSION OUTCOME lines
"""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from config.settings import load_settings
from server.accounts import service as accounts
from server.booking import service
from server.infra import db
from server.infra.errors import Conflict


async def outcome(seat: str) -> str:
    session_id, _, user_id = seat.partition(":")
    try:
        viewer = await accounts.get_viewer(int(user_id))
        booked = await service.book_session(UUID(session_id), viewer)
    except Conflict as refused:
        return f"{session_id} {refused.code}"
    return f"{session_id} {'created' if booked.created else 'found'}"


async def race(data_dir: str, database_url: str, *seats: str) -> None:
    environ = {"PEERLEARN_DATA_DIR": data_dir, "PEERLEARN_DATABASE_URL": database_url}
    await db.open_database(load_settings(environ))
    sys.stdin.readline()  # both processes are ready
    outcomes = await asyncio.gather(*map(outcome, seats))
    await db.close_database()
    sys.stdout.write("\n".join(outcomes))


if __name__ == "__main__":
    asyncio.run(race(*sys.argv[1:]))
