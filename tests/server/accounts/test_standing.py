"""Warned, suspended, banned; made and unmade: who decides about whom, and what becomes of an owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from config.settings import Settings
from server.accounts import service as accounts
from server.accounts.models import RoleGrant, User
from server.accounts.standing import require_another_owner
from server.edge.access import Viewer
from server.infra.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from server.infra.models import AuditRow, StateTransition
from tests.databases import BOTH
from tests.factories import person
from tests.server.accounts.mails import mails_to

BEN = "ben@example.com"


async def suspend(by: Viewer, who: Viewer, status: str = "suspended") -> None:
    await accounts.change_account(by, who.public_id, status=status, roles=None, reason="spam")


async def unmake(by: Viewer, who: Viewer, *left: str) -> None:
    await accounts.change_account(by, who.public_id, status=None, roles=set(left), reason="coup")


# --- what is kept and told


@BOTH
async def test_each_step_is_kept_with_its_reason_and_mailed(database: Settings) -> None:
    olga, ben = await person("olga", "owner"), await person("ben")
    await accounts.warn(olga, ben.public_id, " Be kind. ")
    for status in ("suspended", "active", "banned", "active"):
        await suspend(olga, ben, status)
    told = [mail.subject for mail in reversed(await mails_to(BEN))][-5:]
    assert told == [
        "A warning about your account",
        "Your account is suspended",
        "Your account is open again",
        "Your account is closed by us",
        "Your account is open again",
    ]
    assert "> Be kind." in (await mails_to(BEN))[4].text
    rows = await AuditRow.filter(subject="user", subject_id=str(ben.user_id)).order_by("id")
    done = ["warned", "suspended", "lifted", "banned", "lifted"]
    assert [row.action for row in rows] == [f"user.{each}" for each in done]
    assert {row.actor_id for row in rows} == {olga.user_id}
    assert (rows[0].reason, rows[1].detail) == ("Be kind.", {"from": "active", "to": "suspended"})
    moves = await StateTransition.filter(entity__startswith="user").order_by("id")
    assert [move.new for move in moves] == ["warned", "suspended", "active", "banned", "active"]


async def test_same_standing_again_is_no_change(database: Settings) -> None:
    olga, ben = await person("olga", "owner"), await person("ben")
    await suspend(olga, ben, "active")
    await unmake(olga, ben, "learner")
    assert not await AuditRow.exists()


async def test_other_roles_are_told_with_what_is_new_and_what_is_gone(database: Settings) -> None:
    olga, ben = await person("olga", "owner"), await person("ben")
    await unmake(olga, ben, "support", "mentor")
    mail = (await mails_to(BEN))[0]
    assert mail.subject == "Your roles have changed"
    assert "mentor, support" in mail.text
    row = await AuditRow.get(action="user.roles")
    assert row.detail == {"gained": ["mentor", "support"], "lost": ["learner"]}


# --- who decides


@pytest.mark.parametrize(
    ("role", "status", "allowed"),
    [
        ("admin", "banned", True),
        ("support", "suspended", True),
        ("support", "banned", False),
        ("finance", "suspended", False),
        ("ops", "suspended", False),
        ("learner", "suspended", False),
    ],
)
async def test_status_is_for_those_whose_role_permits_it(
    database: Settings, role: str, status: str, allowed: bool
) -> None:
    sam, ben = await person("sam", role), await person("ben")
    if allowed:
        await suspend(sam, ben, status)
    else:
        with pytest.raises(Forbidden):
            await suspend(sam, ben, status)
    assert (await User.get(id=ben.user_id)).status == (status if allowed else "active")


async def test_ban_is_lifted_by_those_alone_who_may_ban(database: Settings) -> None:
    olga, sam, ben = await person("olga", "admin"), await person("sam", "support"), await person("ben")
    await suspend(olga, ben, "banned")
    with pytest.raises(Forbidden):
        await suspend(sam, ben, "active")


@pytest.mark.parametrize("role", ["owner", "admin", "support", "finance"])
@pytest.mark.parametrize("actor", ["admin", "support"])
async def test_nobody_touches_their_equals_or_who_stands_above(
    database: Settings, actor: str, role: str
) -> None:
    sam, other = await person("sam", actor), await person("other", role)
    above = actor == "admin" and role in ("support", "finance")
    actions: list[Callable[[], object]] = [
        lambda: suspend(sam, other),
        lambda: accounts.warn(sam, other.public_id, "x"),
    ]
    for act in actions:
        if above:
            await act()  # type: ignore[misc]
        else:
            with pytest.raises(Forbidden):
                await act()  # type: ignore[misc]


@pytest.mark.parametrize("role", ["owner", "admin", "support", "finance", "ops"])
async def test_staff_is_made_by_owners_alone(database: Settings, role: str) -> None:
    olga, adam, ben = await person("olga", "owner"), await person("adam", "admin"), await person("ben")
    for actor in (adam, await person("sam", "support")):
        with pytest.raises(Forbidden):
            await unmake(actor, ben, "learner", role)
    await unmake(olga, ben, "learner", role)
    assert await RoleGrant.filter(user_id=ben.user_id, role=role).exists()


async def test_nobody_promotes_themselves(database: Settings) -> None:
    for role in ("owner", "admin", "support", "learner"):
        actor = await person(f"a{role}", role)
        with pytest.raises(Forbidden):
            await unmake(actor, actor, "owner")
        with pytest.raises(Forbidden):
            await accounts.take_role(actor.user_id, "admin")


async def test_who_was_demoted_a_moment_ago_decides_nothing_any_more(database: Settings) -> None:
    olga, adam, ben = await person("olga", "owner"), await person("adam", "admin"), await person("ben")
    await unmake(olga, adam, "learner")
    assert "admin" in adam.roles  # as a request has it that began before
    with pytest.raises(Forbidden):
        await suspend(adam, ben)


async def test_reason_is_asked_for_and_nobody_is_nobody(database: Settings) -> None:
    olga, ben = await person("olga", "owner"), await person("ben")
    for reason in ("", " \n"):
        with pytest.raises(Invalid):
            await accounts.warn(olga, ben.public_id, reason)
    await User.filter(id=ben.user_id).update(status="erased")
    with pytest.raises(NotFound):
        await suspend(olga, ben, "active")


# --- the last owner


@BOTH
@pytest.mark.parametrize("step", ["unmade", "banned"])
async def test_of_two_owners_who_remove_each_other_at_once_one_is_left(
    database: Settings, step: str
) -> None:
    olga, otto = await person("olga", "owner"), await person("otto", "owner")

    async def remove(by: Viewer, who: Viewer) -> None:
        await (unmake(by, who, "learner") if step == "unmade" else suspend(by, who, "banned"))

    tries = [remove(olga, otto), remove(otto, olga)] * 3
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(error is None for error in found) >= 1
    assert all(error is None or isinstance(error, DomainError) for error in found), found
    assert await RoleGrant.filter(role="owner", user__status="active").count() == 1


@BOTH
async def test_last_owner_stays(database: Settings) -> None:
    olga, adam = await person("olga", "owner"), await person("adam", "owner")
    await suspend(olga, adam)
    with pytest.raises(Conflict, match="last_owner"):
        await require_another_owner(olga.user_id)
    with pytest.raises(Conflict, match="last_owner"):
        await suspend(adam, olga, "banned")
    with pytest.raises(Conflict, match="last_owner"):
        await unmake(adam, olga)
