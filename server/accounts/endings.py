"""Logins that ended, told to whoever keeps sockets open: those opened with them close as well.

It goes by a job, so that no ending is forgotten, whichever process it happened in and whatever died."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from server.infra.outbox import enqueue, job

NOT_SIGNED_IN = 4401  # with what a socket closes whose login ended
NOT_ALLOWED = 4403  # and that of somebody who may not come back


@dataclass(frozen=True, slots=True)
class Ended:
    """Logins of one person: `only` this one, or all but `kept`; 0 is none. Sockets close with `code`."""

    user_id: int
    code: int = NOT_SIGNED_IN
    only: int = 0
    kept: int = 0

    def concerns(self, user_id: int, login_id: int) -> bool:
        """Whether a socket must close. `login_id` 0: nobody knows which login it was opened with."""
        if user_id != self.user_id:
            return False
        if self.only:
            return login_id == self.only
        return not login_id or login_id != self.kept


Follower = Callable[[Ended], Awaitable[None]]

_followers: list[Follower] = []


def follows_ended_logins(follower: Follower) -> Follower:
    """Have it called after logins ended; twice at times, as any job."""
    _followers.append(follower)
    return follower


async def tell_of(ended: Ended) -> None:
    """Call it in the transaction that ends the logins."""
    await enqueue("accounts.logins_ended", asdict(ended))


@job("accounts.logins_ended")
async def logins_ended(payload: dict[str, Any]) -> None:
    ended = Ended(**payload)
    for follow in _followers:
        await follow(ended)
