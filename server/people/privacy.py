"""Who sees what of a person. Every page, answer, search and socket that shows people asks here.

A setting names an audience; whoever is outside of it sees the username instead of the name, initials
instead of the picture. Two of whom one has blocked the other don't exist for each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q, Subquery

from server.accounts.models import User
from server.infra import clock
from server.infra.db import transactional
from server.people.models import Block, Follow, PrivacySetting
from server.people.pictures import SMALL, address


class Audience(StrEnum):
    EVERYONE = "everyone"
    MEMBERS = "members"  # anybody signed in
    NOBODY = "nobody"  # but oneself

    def holds(self, viewer_id: int | None, owner_id: int) -> bool:
        if viewer_id == owner_id or self is Audience.EVERYONE:
            return True
        return self is Audience.MEMBERS and viewer_id is not None


@dataclass(frozen=True, slots=True)
class Privacy:
    """A person's settings; these are the ones of somebody who never chose.

    `messages` to MEMBERS is anybody signed in, to EVERYONE the same: writing needs an account."""

    real_name: Audience = Audience.EVERYONE
    picture: Audience = Audience.EVERYONE
    follow_list: Audience = Audience.EVERYONE
    messages: Audience = Audience.MEMBERS
    recommendations: bool = True


DEFAULTS = Privacy()
SOME_MEMBER = -1  # the id of nobody in particular who is signed in


@dataclass(frozen=True, slots=True)
class Shown:
    """What one person sees of another. `picture_url` leads to the small picture."""

    name: str
    picture_url: str | None
    blocked: bool = False


# --- what is shown


def columns(person: str = "") -> tuple[str, ...]:
    """What `shown` reads, for rows that lead to a person by `person` (such as `mentor__`)."""
    names = ("id", "username", "name", "profile__picture", "privacy__real_name", "privacy__picture")
    return tuple(person + name for name in names)


def shown(row: Mapping[str, Any], viewer_id: int | None, person: str = "") -> Shown:
    """A row with `columns` as this viewer sees the person; blocks are the caller's."""
    username, name, picture = (row[person + part] for part in ("username", "name", "profile__picture"))
    sees_name, sees_picture = (
        Audience(row[f"{person}privacy__{part}"] or default).holds(viewer_id, row[f"{person}id"])
        for part, default in (("real_name", DEFAULTS.real_name), ("picture", DEFAULTS.picture))
    )
    url = address(picture, SMALL) if picture and sees_picture else None
    return Shown((name if sees_name else "") or username, url)


async def visible(viewer_id: int | None, user_ids: Collection[int]) -> dict[int, Shown]:
    """People by id, as this viewer (None: a guest) sees them: two queries; unknown ids are left out."""
    rows = await User.filter(id__in=set(user_ids)).values(*columns())
    blocked = await _blocked_among(viewer_id, user_ids) if viewer_id is not None else frozenset()
    faces = {row["id"]: shown(row, viewer_id) for row in rows}
    return {
        user_id: Shown(face.name, face.picture_url, user_id in blocked) for user_id, face in faces.items()
    }


async def name_among_members(user_id: int) -> str:
    """How a person is called where all who read it are signed in, such as in a lesson: one name for
    everybody there."""
    row = await User.get(id=user_id).values(*columns())
    return shown(row, SOME_MEMBER).name


# --- blocks


async def _blocked_among(viewer_id: int, user_ids: Iterable[int]) -> frozenset[int]:
    ids = list(set(user_ids))
    pairs = await Block.filter(
        Q(blocker_id=viewer_id, blocked_id__in=ids) | Q(blocked_id=viewer_id, blocker_id__in=ids)
    ).values_list("blocker_id", "blocked_id")
    return frozenset(int(one) for pair in pairs for one in pair if one != viewer_id)


async def blocked_by_or_of(viewer_id: int) -> frozenset[int]:
    """Everybody whom this person has blocked, or who has blocked them."""
    pairs = await Block.filter(Q(blocker_id=viewer_id) | Q(blocked_id=viewer_id)).values_list(
        "blocker_id", "blocked_id"
    )
    return frozenset(int(one) for pair in pairs for one in pair if one != viewer_id)


async def blocked_pairs(viewer_ids: Collection[int], owner_ids: Collection[int]) -> set[tuple[int, int]]:
    """Those (viewer, owner) of whom one has blocked the other: one query."""
    ones, others = list(set(viewer_ids)), list(set(owner_ids))
    rows = await Block.filter(
        Q(blocker_id__in=ones, blocked_id__in=others) | Q(blocker_id__in=others, blocked_id__in=ones)
    ).values_list("blocker_id", "blocked_id")
    pairs = {(int(one), int(other)) for one, other in rows}
    return pairs | {(other, one) for one, other in pairs}


async def blocked_between(first_id: int, second_id: int) -> bool:
    """Whether either has blocked the other."""
    return bool(await _blocked_among(first_id, [second_id]))


def not_blocked(viewer_id: int | None, column: str) -> Q:
    """The condition that leaves out rows whose person (`mentor_id`) is blocked either way."""
    if viewer_id is None:
        return Q()
    mine: dict[str, Any] = {
        f"{column}__in": Subquery(Block.filter(blocker_id=viewer_id).values("blocked_id"))
    }
    theirs: dict[str, Any] = {
        f"{column}__in": Subquery(Block.filter(blocked_id=viewer_id).values("blocker_id"))
    }
    return ~Q(**mine) & ~Q(**theirs)


def name_seen(viewer_id: int | None, person: str) -> Q:
    """The condition that a person's real name may be searched for by this viewer."""
    setting = f"{person}privacy__real_name"
    open_to = [Audience.EVERYONE] if viewer_id is None else [Audience.EVERYONE, Audience.MEMBERS]
    ways: list[dict[str, Any]] = [{f"{setting}__isnull": True}, {f"{setting}__in": open_to}]
    if viewer_id is not None:
        ways.append({f"{person}id": viewer_id})
    return Q(*(Q(**way) for way in ways), join_type="OR")


# --- settings


async def privacy_of(user_id: int) -> Privacy:
    row = await PrivacySetting.get_or_none(user_id=user_id)
    return _settings(row) if row else DEFAULTS


def _settings(row: PrivacySetting) -> Privacy:
    return Privacy(
        real_name=Audience(row.real_name),
        picture=Audience(row.picture),
        follow_list=Audience(row.follow_list),
        messages=Audience(row.messages),
        recommendations=row.recommendations,
    )


@transactional
async def set_privacy(user_id: int, wanted: Privacy) -> None:
    values = {**asdict(wanted), "updated_at": clock.now()}
    await PrivacySetting.bulk_create([PrivacySetting(user_id=user_id, **values)], ignore_conflicts=True)
    await PrivacySetting.filter(user_id=user_id).update(**values)


async def follow_list_seen(viewer_id: int | None, owner_id: int) -> bool:
    return (await privacy_of(owner_id)).follow_list.holds(viewer_id, owner_id)


async def may_message(viewer_id: int, owner_id: int) -> bool:
    """Whether this person may begin to write to that one; who lets nobody still hears from whom they
    follow."""
    if viewer_id == owner_id or await blocked_between(viewer_id, owner_id):
        return False
    if (await privacy_of(owner_id)).messages.holds(viewer_id, owner_id):
        return True
    return await Follow.filter(follower_id=owner_id, followed_id=viewer_id).exists()
