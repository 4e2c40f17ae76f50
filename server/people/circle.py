"""Who follows whom, and who has blocked whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.accounts import service as accounts
from server.accounts.models import User
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, NotFound
from server.notifications.centre import part
from server.notifications.service import notify
from server.people.models import Block, Follow
from server.people.privacy import (
    blocked_between,
    columns,
    follow_list_seen,
    not_blocked,
    shown,
    visible,
)

Direction = Literal["followers", "following"]


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody in a list; `picture` is the address of the small picture, or empty."""

    username: str
    name: str
    picture: str


async def found(username: str, viewer_id: int | None) -> User:
    """An active account that exists for this viewer.

    Raises NotFound."""
    user = await accounts.user_by_username(username)
    if viewer_id is not None and await blocked_between(viewer_id, user.id):
        raise NotFound
    return user


# --- following


@transactional
async def follow(viewer: Viewer, username: str) -> None:
    """Nothing happens the second time.

    Raises NotFound, Conflict (`yourself`)."""
    user = await found(username, viewer.user_id)
    if user.id == viewer.user_id:
        raise Conflict("yourself", "You can’t follow yourself.")
    if await follows(viewer.user_id, user.id):
        return
    row = Follow(follower_id=viewer.user_id, followed_id=user.id, created_at=clock.now())
    await Follow.bulk_create([row], ignore_conflicts=True)
    await _tell_followed(viewer.user_id, user.id)


async def _tell_followed(follower_id: int, followed_id: int) -> None:
    """Once, however often somebody stops and begins again."""
    face = (await visible(followed_id, [follower_id]))[follower_id]
    follower = await User.get(id=follower_id)
    await notify(
        followed_id,
        "new_follower",
        {"follower": face.name},
        path=f"/profile/{follower.username}",
        dedupe_key=str(follower_id),
        actor_id=follower_id,
        group_key="followers",
    )


@transactional
async def unfollow(viewer: Viewer, username: str) -> None:
    """Raises NotFound."""
    user = await found(username, viewer.user_id)
    await Follow.filter(follower_id=viewer.user_id, followed_id=user.id).delete()


async def follows(viewer_id: int | None, user_id: int) -> bool:
    if viewer_id is None:
        return False
    return await Follow.filter(follower_id=viewer_id, followed_id=user_id).exists()


async def owner(username: str, viewer_id: int | None) -> Face:
    """Whose lists these are. Raises NotFound."""
    user = await found(username, viewer_id)
    face = (await visible(viewer_id, [user.id]))[user.id]
    return Face(user.username, face.name, face.picture_url or "")


async def circle(
    username: str, direction: Direction, viewer_id: int | None, offset: int, limit: int
) -> tuple[list[Face], int]:
    """A page of who follows somebody or whom they follow, the latest first, and how many there are.

    Raises NotFound, also where the list is not for this viewer."""
    user = await found(username, viewer_id)
    if not await follow_list_seen(viewer_id, user.id):
        raise NotFound
    own, other = ("followed", "follower") if direction == "followers" else ("follower", "followed")
    rows = Follow.filter(not_blocked(viewer_id, f"{other}_id"), **{f"{own}_id": user.id})
    rows = rows.filter(**{f"{other}__status": "active"})
    asked = rows.order_by("-created_at", "-id").offset(offset).limit(limit)
    people = await asked.values(*columns(f"{other}__"))
    faces = [_face(row, viewer_id, f"{other}__") for row in people]
    return faces, await rows.count()


def _face(row: dict[str, object], viewer_id: int | None, person: str) -> Face:
    face = shown(row, viewer_id, person)
    return Face(str(row[f"{person}username"]), face.name, face.picture_url or "")


async def counts(user_id: int) -> tuple[int, int]:
    """How many active people follow somebody, and how many they follow."""
    followers = Follow.filter(followed_id=user_id, follower__status="active")
    following = Follow.filter(follower_id=user_id, followed__status="active")
    return await followers.count(), await following.count()


# --- blocking


@transactional
async def block(viewer: Viewer, username: str) -> None:
    """From now on neither finds the other; neither follows the other any more. What is booked stays.

    Raises NotFound, Conflict (`yourself`)."""
    user = await accounts.user_by_username(username)
    mine = {"blocker_id": viewer.user_id, "blocked_id": user.id}
    if user.id == viewer.user_id:
        raise Conflict("yourself", "You can’t block yourself.")
    if await Block.filter(**mine).exists():
        return
    await found(username, viewer.user_id)
    await Block.bulk_create([Block(**mine, created_at=clock.now())], ignore_conflicts=True)
    await Follow.filter(follower_id=viewer.user_id, followed_id=user.id).delete()
    await Follow.filter(follower_id=user.id, followed_id=viewer.user_id).delete()
    await part(viewer.user_id, user.id)


@transactional
async def unblock(viewer: Viewer, username: str) -> None:
    """Nothing happens the second time.

    Raises NotFound, also for somebody who has blocked this person."""
    user = await accounts.user_by_username(username)
    if not await Block.filter(blocker_id=viewer.user_id, blocked_id=user.id).delete():
        await found(username, viewer.user_id)


async def blocked(viewer_id: int, offset: int, limit: int) -> tuple[list[Face], int]:
    """A page of whom this person has blocked, the latest first, and how many there are."""
    rows = Block.filter(blocker_id=viewer_id)
    asked = rows.order_by("-created_at", "-id").offset(offset).limit(limit)
    people = await asked.values(*columns("blocked__"))
    return [_face(row, viewer_id, "blocked__") for row in people], await rows.count()
