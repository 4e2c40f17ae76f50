"""Ending one sort of mails, or having them again, by the link in each of them."""

from __future__ import annotations

from server.infra.db import transactional
from server.notifications.kinds import GATHERED, KINDS, MAIL, MAY_WAIT, TOPICS, Topic
from server.notifications.links import Sort
from server.notifications.preferences import choose


@transactional
async def set_wanted(sort: Sort, *, wanted: bool) -> None:
    """No more mails of the sort, or again; nothing else that was chosen changes."""
    for topic in _topics(sort.topic):
        await choose(sort.user_id, topic.name, MAIL, wanted)


def _topics(topic: Topic) -> list[Topic]:
    """A digest gathers what may wait: who wants none wants nothing of it by mail."""
    if topic is not GATHERED:
        return [topic]
    gathered = {KINDS[name].topic.name for name in MAY_WAIT}
    return [each for each in TOPICS if each.name in gathered]
