"""Signing in and out: one row for each login, findable by either of its two secrets, revocable."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.accounts.lookup import by_email, by_username
from server.accounts.models import Login, RoleGrant, User
from server.accounts.names import same
from server.accounts.passwords import hash_password, needs_new_hash, verify_password
from server.accounts.tokens import hashed, new_secret, plausible
from server.accounts.values import Client, LoginView, NewLogin
from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Forbidden, NotFound, Unauthenticated

WINDOW = timedelta(minutes=5)
PER_ACCOUNT_AND_ADDRESS = Limit("login-account", 10, WINDOW)
PER_ADDRESS = Limit("login-address", 100, WINDOW)

ABSOLUTE = timedelta(days=30)  # a login ends then, used or not
IDLE = timedelta(days=7)  # and earlier when it is not used for so long
SEEN_STEP = timedelta(minutes=5)  # how exactly the last use is written down

WRONG = "This account and password don't go together."
SUSPENDED = "This account is suspended."


async def log_in(
    identifier: str, password: str, client: Client, earlier: Viewer | None = None
) -> NewLogin:
    """A new login for a username or e-mail address; an `earlier` one of the same browser ends.

    Raises Throttled after too many failures, Unauthenticated (`invalid_credentials`) for an unknown
    account and a wrong password alike, Forbidden (`suspended`)."""
    user = await _find(identifier)
    account = f"{user.id if user else same(identifier)}|{client.network}"
    limits = ((PER_ACCOUNT_AND_ADDRESS, account), (PER_ADDRESS, client.network))
    async with WINDOWS.attempt(*limits) as attempt:
        right = await verify_password(user.password_hash if user else None, password)
        attempt.failed = not right
    if user is None or not right:
        raise Unauthenticated("invalid_credentials", WRONG)
    if user.status != "active":
        raise Forbidden("suspended", SUSPENDED)
    await _refresh_hash(user, password)
    if earlier:
        await log_out(earlier)
    return await open_login(user.id, client)


async def _find(identifier: str) -> User | None:
    return await (by_email if "@" in same(identifier) else by_username)(identifier)


async def _refresh_hash(user: User, password: str) -> None:
    """Hash again when the costs have risen; not if the password has been changed meanwhile."""
    if needs_new_hash(user.password_hash):
        new = await hash_password(password)
        await User.filter(id=user.id, password_hash=user.password_hash).update(password_hash=new)


@transactional
async def open_login(user_id: int, client: Client) -> NewLogin:
    """A login without asking for a password: whoever calls this has seen a proof."""
    now = clock.now()
    secrets = NewLogin(user_id, cookie=new_secret(), token=new_secret())
    await Login.create(
        user_id=user_id,
        cookie_hash=hashed(secrets.cookie),
        bearer_hash=hashed(secrets.token),
        created_at=now,
        last_seen_at=now,
        expires_at=now + ABSOLUTE,
        user_agent=client.user_agent[:300],
        address=client.address,
    )
    return secrets


async def viewer_by_cookie(secret: str) -> Viewer | None:
    """Who holds this cookie, if its login is alive."""
    return await _viewer(cookie_hash=hashed(secret)) if plausible(secret) else None


async def viewer_by_token(secret: str) -> Viewer | None:
    """Who holds this bearer token, if its login is alive."""
    return await _viewer(bearer_hash=hashed(secret)) if plausible(secret) else None


async def _viewer(**secret: str) -> Viewer | None:
    now = clock.now()
    login = (
        await Login.filter(
            **secret, revoked_at__isnull=True, expires_at__gt=now, last_seen_at__gt=now - IDLE
        )
        .select_related("user")
        .first()
    )
    if login is None or login.user.status != "active":
        return None
    await _seen(login, now)
    return await viewer_of(login.user, login.id)


async def _seen(login: Login, now: datetime) -> None:
    if login.last_seen_at <= now - SEEN_STEP:
        await Login.filter(id=login.id).update(last_seen_at=now)


async def viewer_of(user: User, login_id: int) -> Viewer:
    """The value that views see."""
    roles = await RoleGrant.filter(user_id=user.id).values_list("role", flat=True)
    return Viewer(
        user_id=user.id,
        public_id=user.public_id,
        username=user.username,
        name=user.name,
        email=user.email,
        roles=frozenset(map(str, roles)),
        verified=user.email_verified_at is not None,
        timezone=user.timezone,
        login_id=login_id,
    )


async def active_logins(viewer: Viewer) -> list[LoginView]:
    """The logins that still work, the last used first."""
    now = clock.now()
    rows = await Login.filter(
        user_id=viewer.user_id,
        revoked_at__isnull=True,
        expires_at__gt=now,
        last_seen_at__gt=now - IDLE,
    ).order_by("-last_seen_at", "-id")
    return [_view(row, viewer.login_id) for row in rows]


def _view(row: Login, current_id: int) -> LoginView:
    return LoginView(
        id=row.public_id,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        user_agent=row.user_agent,
        address=row.address,
        current=row.id == current_id,
    )


@transactional
async def revoke_login(viewer: Viewer, public_id: UUID) -> None:
    """End one of this person's logins.

    Raises NotFound for any other."""
    ended = await Login.filter(
        public_id=public_id, user_id=viewer.user_id, revoked_at__isnull=True
    ).update(revoked_at=clock.now())
    if not ended:
        raise NotFound


@transactional
async def log_out(viewer: Viewer) -> None:
    """End the login of this request."""
    await Login.filter(id=viewer.login_id).update(revoked_at=clock.now())


@transactional
async def end_all_logins(user_id: int) -> None:
    """End every login of a person: after a password reset or a suspension."""
    await Login.filter(user_id=user_id, revoked_at__isnull=True).update(revoked_at=clock.now())
