"""What followers of somebody hear: written as one job, told in batches however many they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from server.infra.db import transactional
from server.infra.outbox import enqueue
from server.notifications.service import notify
from server.notifications.values import read, written
from server.people.models import Follow

JOB = "people.tell_followers"
BATCH = 200  # followers told in one transaction


@dataclass(frozen=True, slots=True)
class News:
    """Something about somebody that their followers hear, but for the people of `but`. `after` is the
    last follow that was told."""

    mentor_id: int
    kind: str
    about: dict[str, Any]
    path: str
    dedupe_key: str
    cause: str
    but: tuple[int, ...] = ()
    after: int = 0


async def tell_followers(
    mentor_id: int,
    kind: str,
    about: Mapping[str, Any],
    *,
    path: str,
    dedupe_key: str,
    cause: str,
    but: Collection[int] = (),
) -> None:
    """Call it in the transaction of what they hear of; withdrawn with its `cause`."""
    await _enqueue(News(mentor_id, kind, written(about), path, dedupe_key, cause, tuple(but)))


async def _enqueue(news: News) -> None:
    key = f"{news.kind}:{news.dedupe_key}:{news.after}"
    await enqueue(JOB, asdict(news), dedupe_key=key, cause=news.cause)


@transactional
async def tell_batch(news: News) -> None:
    """The next followers, and a job for those after them."""
    follows = Follow.filter(followed_id=news.mentor_id, id__gt=news.after).order_by("id").limit(BATCH)
    rows = await follows.values_list("id", "follower_id")
    for follower_id in (follower for _, follower in rows if follower not in news.but):
        await notify(
            follower_id,
            news.kind,
            read(news.about),
            path=news.path,
            dedupe_key=news.dedupe_key,
            actor_id=news.mentor_id,
            group_key=f"{news.kind}:{news.mentor_id}",
            cause=news.cause,
        )
    if len(rows) == BATCH:
        await _enqueue(News(**{**asdict(news), "after": rows[-1][0]}))
