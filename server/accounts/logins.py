"""Logins: one row for each, findable by either of its two secrets, listed and revocable."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from server.accounts.devices import device_of, place_of
from server.accounts.endings import NOT_SIGNED_IN, Ended, tell_of
from server.accounts.models import Login, OneTimeToken, RoleGrant, User
from server.accounts.telling import tell
from server.accounts.tokens import hashed, new_secret, plausible
from server.accounts.values import Client, LoginView, NewLogin
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import NotFound
from server.infra.transitions import record_transition

ABSOLUTE = timedelta(days=30)  # a login ends then, used or not
IDLE = timedelta(days=7)  # and earlier when it is not used for so long
CHALLENGE = "second_factor"  # the purpose of the token of a login that waits for its code
MAX_AGENT = 300  # characters of a User-Agent that are kept
REMEMBERED = 50  # logins among which a device is looked for
SEEN_STEP = timedelta(minutes=5)  # how exactly the last use is written down
MAIL_STATE = """(
    SELECT known.state FROM mail_address AS known
    JOIN "user" AS owner ON owner.email_key = known.email_key
    WHERE owner.id = "role_grant"."user_id"
)"""


@transactional
async def open_login(user_id: int, client: Client, *, second_factor: bool = False) -> NewLogin:
    """A login without asking for a password: whoever calls this has seen a proof."""
    now = clock.now()
    await _keep_open(user_id)
    await _tell_of_new_device(user_id, client, now)
    secrets = NewLogin(user_id, cookie=new_secret(), token=new_secret())
    await Login.create(
        user_id=user_id,
        cookie_hash=hashed(secrets.cookie),
        bearer_hash=hashed(secrets.token),
        created_at=now,
        last_seen_at=now,
        expires_at=now + ABSOLUTE,
        confirmed_at=now,
        second_factor=second_factor,
        user_agent=client.user_agent[:MAX_AGENT],
        address=client.address,
    )
    return secrets


async def _keep_open(user_id: int) -> None:
    """Who logs in while their account is closing stays."""
    closing = User.filter(id=user_id, status="closing")
    if await closing.update(status="active", closes_at=None):
        await record_transition("user", user_id, "closing", "active", user_id)
        await tell(user_id, "security_changed", {"what": "kept"})


async def _tell_of_new_device(user_id: int, client: Client, now: datetime) -> None:
    """A mail, unless this is the first login of all or looks like one of the last."""
    last = Login.filter(user_id=user_id).order_by("-id").limit(REMEMBERED)
    known = {device_of(str(agent)) for agent in await last.values_list("user_agent", flat=True)}
    device = device_of(client.user_agent[:MAX_AGENT])
    if known and device not in known:
        about = {"device": device, "address": client.address, "at": now.isoformat()}
        await tell(user_id, "new_login", about)


async def viewer_by_cookie(secret: str) -> Viewer | None:
    """Who holds this cookie, if its login is alive."""
    return await _viewer(cookie_hash=hashed(secret)) if plausible(secret) else None


async def viewer_by_token(secret: str) -> Viewer | None:
    """Who holds this bearer token, if its login is alive."""
    return await _viewer(bearer_hash=hashed(secret)) if plausible(secret) else None


async def _viewer(**secret: str) -> Viewer | None:
    login = await Login.filter(working_login(), **secret).select_related("user").first()
    if login is None or login.user.status != "active":
        return None
    await _seen(login, clock.now())
    return await viewer_of(login.user, login)


def working_login(prefix: str = "") -> Q:
    """The condition that a login can be used; `prefix` leads to it from another table."""
    now = clock.now()
    conditions: dict[str, Any] = {
        "revoked_at__isnull": True,
        "expires_at__gt": now,
        "last_seen_at__gt": now - IDLE,
    }
    return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})


async def _seen(login: Login, now: datetime) -> None:
    if login.last_seen_at <= now - SEEN_STEP:
        await Login.filter(id=login.id).update(last_seen_at=now)


async def viewer_of(user: User, login: Login | None) -> Viewer:
    """The value that views see; without a login for jobs and sockets."""
    shown = ("user__profile__picture", "user__inbox__unread", "mail_state")  # on every page
    held = RoleGrant.filter(user_id=user.id).annotate(mail_state=RawSQL(MAIL_STATE))
    rows = await held.values("role", *shown)
    return Viewer(
        user_id=user.id,
        public_id=user.public_id,
        username=user.username,
        name=user.name,
        email=user.email,
        roles=frozenset(str(row["role"]) for row in rows),
        verified=user.email_verified_at is not None,
        timezone=user.timezone,
        login_id=login.id if login else 0,
        second_factor=login is not None and login.second_factor,
        confirmed_at=login.confirmed_at if login else None,
        picture=next((row["user__profile__picture"] for row in rows), "") or "",
        unread=next((row["user__inbox__unread"] for row in rows), 0) or 0,
        mail_returns=any(row["mail_state"] not in (None, "ok") for row in rows),
    )


async def active_logins(viewer: Viewer) -> list[LoginView]:
    """The logins that still work, the last used first."""
    return await logins_of(viewer.user_id, current_id=viewer.login_id)


async def logins_of(user_id: int, *, current_id: int = 0) -> list[LoginView]:
    """The same of anybody, for those who may look."""
    rows = await Login.filter(working_login(), user_id=user_id).order_by("-last_seen_at", "-id")
    return [_view(row, current_id) for row in rows]


def _view(row: Login, current_id: int) -> LoginView:
    return LoginView(
        id=row.public_id,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        user_agent=row.user_agent,
        device=device_of(row.user_agent),
        address=row.address,
        place=place_of(row.address),
        current=row.id == current_id,
    )


@transactional
async def revoke_login(viewer: Viewer, public_id: UUID) -> None:
    """End one of this person's logins.

    Raises NotFound for any other."""
    login = await Login.get_or_none(public_id=public_id, user_id=viewer.user_id, revoked_at__isnull=True)
    if login is None:
        raise NotFound
    await _end(login.id, viewer.user_id)


@transactional
async def log_out(viewer: Viewer) -> None:
    """End the login of this request."""
    await _end(viewer.login_id, viewer.user_id)


async def _end(login_id: int, user_id: int) -> None:
    await Login.filter(id=login_id).update(revoked_at=clock.now())
    await tell_of(Ended(user_id, only=login_id))


@transactional
async def mark_confirmed(login_id: int, *, second_factor: bool) -> None:
    """In this login the password or a code was given just now."""
    proof = {"second_factor": True} if second_factor else {}
    await Login.filter(id=login_id).update(confirmed_at=clock.now(), **proof)


@transactional
async def end_other_logins(viewer: Viewer) -> int:
    """End all logins of a person but the one in use; returns how many there were."""
    await _end_challenges(viewer.user_id)
    await tell_of(Ended(viewer.user_id, kept=viewer.login_id))
    others = Login.filter(user_id=viewer.user_id, revoked_at__isnull=True).exclude(id=viewer.login_id)
    return await others.update(revoked_at=clock.now())


@transactional
async def end_all_logins(user_id: int, *, code: int = NOT_SIGNED_IN) -> None:
    """End every login of a person, half-finished ones too: after a reset, a suspension, other roles.

    `code`: with what their sockets close."""
    await _end_challenges(user_id)
    await tell_of(Ended(user_id, code))
    await Login.filter(user_id=user_id, revoked_at__isnull=True).update(revoked_at=clock.now())


async def _end_challenges(user_id: int) -> None:
    """Logins that wait for their second factor end as well."""
    waiting = OneTimeToken.filter(user_id=user_id, purpose=CHALLENGE, used_at__isnull=True)
    await waiting.update(used_at=clock.now())
