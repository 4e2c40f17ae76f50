"""Getting in: a password, and where a second factor is set up a code of it.

A program sends both at once. A browser sends the password first and gets a challenge: a secret that
works once, for minutes, and for nothing but giving the code.
"""

from __future__ import annotations

from datetime import timedelta

from server.accounts import second_factor
from server.accounts.logins import CHALLENGE, log_out, mark_confirmed, open_login
from server.accounts.lookup import by_email, by_username
from server.accounts.models import OneTimeToken, User
from server.accounts.names import same
from server.accounts.passwords import hash_password, needs_new_hash, verify_password
from server.accounts.tokens import hashed, new_secret, plausible
from server.accounts.values import Challenge, Client, NewLogin
from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Forbidden, Invalid, Unauthenticated

WINDOW = timedelta(minutes=5)
PER_ACCOUNT_AND_ADDRESS = Limit("login-account", 10, WINDOW)
PER_ADDRESS = Limit("login-address", 100, WINDOW)

CHALLENGE_LIFETIME = timedelta(minutes=5)
MAY_ENTER = ("active", "closing")  # logging in takes leaving back

WRONG = "This account and password don't go together."
SUSPENDED = "This account is suspended."
OVER = "That took too long. Please log in again."


# --- the password


async def prove_password(identifier: str, password: str, client: Client) -> User:
    """Whose username or e-mail address and password these are.

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
    if user.status not in MAY_ENTER:
        raise Forbidden("suspended", SUSPENDED)
    await _refresh_hash(user, password)
    return user


async def _find(identifier: str) -> User | None:
    return await (by_email if "@" in same(identifier) else by_username)(identifier)


async def _refresh_hash(user: User, password: str) -> None:
    """Hash again when the costs have risen; not if the password has been changed meanwhile."""
    if needs_new_hash(user.password_hash):
        new = await hash_password(password)
        if await User.filter(id=user.id, password_hash=user.password_hash).update(password_hash=new):
            user.password_hash = new


# --- at once


async def log_in(identifier: str, password: str, client: Client, code: str = "") -> NewLogin:
    """A new login for a username or e-mail address.

    Raises as `prove_password` and `second_factor.prove`."""
    user = await prove_password(identifier, password, client)
    twice = await second_factor.prove_if_enabled(user.id, code, client)
    return await open_login(user.id, client, second_factor=twice)


# --- in two steps


async def begin(
    identifier: str, password: str, client: Client, earlier: Viewer | None = None
) -> NewLogin | Challenge:
    """A login, or a challenge where a code is asked for; an `earlier` login of the same browser ends.

    Raises as `prove_password`."""
    user = await prove_password(identifier, password, client)
    if await second_factor.is_enabled(user.id):
        return await _challenge(user.id)
    if earlier:
        await log_out(earlier)
    return await open_login(user.id, client)


@transactional
async def _challenge(user_id: int) -> Challenge:
    now, secret = clock.now(), new_secret()
    await OneTimeToken.create(
        user_id=user_id,
        purpose=CHALLENGE,
        token_hash=hashed(secret),
        created_at=now,
        expires_at=now + CHALLENGE_LIFETIME,
    )
    return Challenge(secret)


async def is_challenge(secret: str) -> bool:
    """Whether a code may be given for it now."""
    return await _open(secret) is not None


async def _open(secret: str) -> OneTimeToken | None:
    if not plausible(secret):
        return None
    return await OneTimeToken.get_or_none(
        token_hash=hashed(secret),
        purpose=CHALLENGE,
        used_at__isnull=True,
        expires_at__gt=clock.now(),
        user__status__in=MAY_ENTER,
    )


async def finish(secret: str, code: str, client: Client, earlier: Viewer | None = None) -> NewLogin:
    """The login that the challenge was for; an `earlier` one of the same browser ends.

    Raises Unauthenticated (`challenge_over`), and as `second_factor.prove`."""
    found = await _open(secret)
    if found is None:
        raise Unauthenticated("challenge_over", OVER)
    await second_factor.prove(found.user_id, code, client)
    login = await _finish(found, client)
    if earlier:
        await log_out(earlier)
    return login


@transactional
async def _finish(found: OneTimeToken, client: Client) -> NewLogin:
    """Of two at once one succeeds; none when the password has been changed meanwhile."""
    if not await OneTimeToken.filter(id=found.id, used_at__isnull=True).update(used_at=clock.now()):
        raise Unauthenticated("challenge_over", OVER)
    return await open_login(found.user_id, client, second_factor=True)


# --- once more


async def confirm(viewer: Viewer, password: str, code: str, client: Client) -> None:
    """Prove that it is still the same person: by a code where one is asked for, else by the password.

    Raises Invalid, Throttled, Forbidden (`suspended`)."""
    twice = await second_factor.is_enabled(viewer.user_id)
    try:
        if twice:
            await second_factor.prove(viewer.user_id, code, client)
        else:
            await prove_password(viewer.username, password, client)
    except Unauthenticated as wrong:
        fields = {"code": wrong.message} if twice else {"password": "This is not your password."}
        raise Invalid(fields=fields) from wrong
    await mark_confirmed(viewer.login_id, second_factor=twice)
