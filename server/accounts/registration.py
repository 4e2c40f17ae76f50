"""Getting an account. A known e-mail address gets the same answer as a new one, and its owner a mail."""

from __future__ import annotations

from datetime import timedelta

from tortoise.exceptions import IntegrityError

from server.accounts.lookup import address_kept, by_email, by_username
from server.accounts.models import RoleGrant, User
from server.accounts.names import (
    clean_email,
    clean_name,
    clean_timezone,
    clean_username,
    freed_key,
    same,
)
from server.accounts.passwords import check_password, hash_password
from server.accounts.values import OPEN_ROLES, Client, Registration
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Invalid, Throttled
from server.infra.folding import searchable
from server.infra.outbox import enqueue

HOUR = timedelta(hours=1)
PER_ADDRESS = Limit("register", 20, HOUR)
PER_ADDRESS_IN_DEVELOPMENT = Limit("register", 1000, HOUR)
PREPARED = Limit("register-prepare", 100, HOUR)  # passwords hashed before there is an account
KNOWN_MAIL = Limit("register-known", 3, HOUR)  # mails to one owner about attempts with their address

TERMS = "2025-11-01"  # the version of `/terms` that whoever registers agrees to
USERNAME_TAKEN = "This username is taken. Please choose another."


async def count_registration(client: Client, *, development: bool) -> None:
    """Raises Throttled when this client has registered too often."""
    await WINDOWS.take(PER_ADDRESS_IN_DEVELOPMENT if development else PER_ADDRESS, client.network)


async def count_preparation(client: Client) -> None:
    """Raises Throttled when this client has had too many passwords hashed."""
    await WINDOWS.take(PREPARED, client.network)


def checked(wanted: Registration, *, password_known: bool = False) -> Registration:
    """The registration in clean spelling. `password_known`: it was checked and hashed before.

    Raises Invalid naming every field that is wrong."""
    errors: dict[str, str] = {}
    clean: dict[str, str] = {}
    rules = {"email": clean_email, "username": clean_username, "timezone": clean_timezone}
    for field, rule in rules.items():
        try:
            clean[field] = rule(getattr(wanted, field))
        except ValueError as error:
            errors[field] = str(error)
    try:
        clean["name"] = clean_name(wanted.name or clean.get("username", "-"))
    except ValueError as error:
        errors["name"] = str(error)
    try:
        if not password_known:
            check_password(wanted.password, username=wanted.username, email=wanted.email)
    except ValueError as error:
        errors["password"] = str(error)
    if not roles_of(wanted) <= OPEN_ROLES:
        errors["role"] = "Choose learner or mentor."
    if errors:
        raise Invalid(fields=errors)
    return Registration(password=wanted.password, role=wanted.role, also=wanted.also, **clean)


def roles_of(wanted: Registration) -> set[str]:
    return {wanted.role, wanted.also or wanted.role}


async def require_free_username(username: str) -> None:
    """Raises Invalid when somebody has this username; usernames are public, so this may be told."""
    former = User.filter(username_key=freed_key(same(username)))
    if await by_username(username) or await former.exists():
        raise Invalid(fields={"username": USERNAME_TAKEN})


async def hashed_password(clean: Registration) -> str:
    """The slow part, before any transaction begins."""
    return await hash_password(clean.password)


@transactional
async def create_account(clean: Registration, password_hash: str) -> int:
    """Make the account with its role and ask for its verification mail; returns the user's id.

    Raises IntegrityError when the username or the address is known: see `account_known`."""
    if await address_kept(clean.email):
        raise IntegrityError("this address may be taken back")
    now = clock.now()
    user = await User.create(
        username=clean.username,
        username_key=same(clean.username),
        email=clean.email,
        email_key=same(clean.email),
        password_hash=password_hash,
        name=clean.name,
        name_words=searchable(clean.name),
        timezone=clean.timezone,
        terms_version=TERMS,
        last_role=clean.role,
        created_at=now,
    )
    for role in sorted(roles_of(clean)):
        await RoleGrant.create(user=user, role=role, created_at=now)
    await enqueue("notifications.verify_email", {"user_id": user.id})
    return int(user.id)


async def account_known(clean: Registration) -> None:
    """After an IntegrityError: say that the username is taken, or mail the owner of the address.

    Raises Invalid."""
    await require_free_username(clean.username)
    user = await by_email(clean.email)
    if user is not None and await may_mail(KNOWN_MAIL, user.id):
        await enqueue("notifications.known_email", {"user_id": user.id})


async def may_mail(limit: Limit, user_id: int) -> bool:
    """Count one mail of a kind to one person; False when there were enough."""
    try:
        await WINDOWS.take(limit, str(user_id))
    except Throttled:
        return False
    return True
