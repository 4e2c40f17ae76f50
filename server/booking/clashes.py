"""Keeping the time of several people from others while it is looked at. What counts in the end is the
unique index behind `busy.py`."""

from __future__ import annotations

from server.accounts.models import User


async def lock_people(*user_ids: int) -> None:
    """Until the caller's transaction ends, no other that calls this for one of them goes on.

    Whoever takes the time of several people calls it before: so no two can wait for one another."""
    people = User.filter(id__in=set(user_ids)).order_by("id").only("id")
    await people.select_for_update(no_key=True)
