"""Proving an e-mail address and setting a new password, by tokens sent by mail.

Tokens work once and for a while. They are made by the job that sends the mail, so that no plain token
is ever stored.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Literal

from server.accounts.logins import end_all_logins
from server.accounts.lookup import by_email
from server.accounts.models import OneTimeToken, User
from server.accounts.passwords import check_password, hash_password
from server.accounts.registration import may_mail
from server.accounts.tokens import hashed, new_secret
from server.accounts.values import Client
from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Invalid
from server.infra.outbox import enqueue

Purpose = Literal["verify_email", "reset_password", "change_email", "undo_email"]

LIFETIME: dict[Purpose, timedelta] = {
    "verify_email": timedelta(hours=24),
    "reset_password": timedelta(hours=1),
    "change_email": timedelta(hours=24),
    "undo_email": timedelta(days=7),
}
RESEND = Limit("verify-mail", 5, timedelta(hours=1))
RESET_MAIL = Limit("reset-mail", 5, timedelta(days=1))
MAILS_ASKED = Limit("mails-asked", 60, timedelta(hours=1))
NOBODY = 0  # whom a mail goes to that nobody gets: asking takes the same time for all addresses

BAD_TOKEN = "This link has been used already or is too old. Please ask for a new one."


@transactional
async def issue_token(user_id: int, purpose: Purpose, email: str = "") -> str:
    """A new token for a mail; older ones of the same purpose go on working until they end. `email` is
    the address it is about, where that is not simply the account's."""
    token = new_secret()
    now = clock.now()
    await OneTimeToken.create(
        user_id=user_id,
        purpose=purpose,
        email=email,
        token_hash=hashed(token),
        created_at=now,
        expires_at=now + LIFETIME[purpose],
    )
    return token


async def token_works(token: str, purpose: Purpose) -> bool:
    """Whether the token would be accepted now; nothing is used up."""
    return await _usable(token, purpose) is not None


async def _usable(token: str, purpose: Purpose) -> OneTimeToken | None:
    return await OneTimeToken.get_or_none(
        token_hash=hashed(token), purpose=purpose, used_at__isnull=True, expires_at__gt=clock.now()
    )


async def use_token(token: str, purpose: Purpose) -> OneTimeToken:
    """Use the token up and return its row; of two at once only one succeeds.

    Raises Invalid."""
    found = await _usable(token, purpose)
    used = found and await OneTimeToken.filter(id=found.id, used_at__isnull=True).update(
        used_at=clock.now()
    )
    if not found or not used:
        raise Invalid(fields={"token": BAD_TOKEN}, message=BAD_TOKEN)
    return found


@transactional
async def verify_email(token: str) -> None:
    """The address is proven.

    Raises Invalid."""
    await _mark_verified((await use_token(token, "verify_email")).user_id)


async def _mark_verified(user_id: int) -> None:
    await User.filter(id=user_id, email_verified_at__isnull=True).update(email_verified_at=clock.now())


async def resend_verification(viewer: Viewer) -> None:
    """Send the mail once more; nothing happens when the address is proven already.

    Raises Throttled."""
    if not viewer.verified:
        await WINDOWS.take(RESEND, str(viewer.user_id))
        await _ask_for_mail("notifications.verify_email", viewer.user_id)


async def resend_verification_to(email: str, client: Client) -> None:
    """The same for somebody not signed in: says nothing about whether the address is known.

    Raises Throttled for a client that asks too often."""
    await WINDOWS.take(MAILS_ASKED, client.network)
    user = await by_email(email)
    waiting = user is not None and user.email_verified_at is None
    await _mail_or_seem_to("notifications.verify_email", RESEND, user if waiting else None)


async def request_reset(email: str, client: Client) -> None:
    """Mail a link for a new password, if the address is known; the answer is the same for all.

    Raises Throttled for a client that asks too often."""
    await WINDOWS.take(MAILS_ASKED, client.network)
    user = await by_email(email)
    active = user is not None and user.status in {"active", "closing"}
    await _mail_or_seem_to("notifications.reset_password", RESET_MAIL, user if active else None)


async def _mail_or_seem_to(job: str, limit: Limit, user: User | None) -> None:
    """The work is the same whether there is somebody to write to or not: it is counted, and a job
    written."""
    may = await may_mail(limit, user.id if user else secrets.randbits(62))
    await _ask_for_mail(job, user.id if user and may else NOBODY)


@transactional
async def _ask_for_mail(job: str, user_id: int) -> None:
    await enqueue(job, {"user_id": user_id})


async def reset_password(token: str, password: str) -> None:
    """Set a new password and end all logins. Who has the mailbox has proven the address too.

    Raises Invalid."""
    found = await _usable(token, "reset_password")
    if found is None:
        raise Invalid(fields={"token": BAD_TOKEN}, message=BAD_TOKEN)
    user = await User.get(id=found.user_id)
    try:
        check_password(password, username=user.username, email=user.email)
    except ValueError as error:
        raise Invalid(fields={"password": str(error)}) from error
    await _set_password(token, await hash_password(password))


@transactional
async def _set_password(token: str, password_hash: str) -> None:
    user_id = (await use_token(token, "reset_password")).user_id
    now = clock.now()
    await User.filter(id=user_id).update(password_hash=password_hash)
    await OneTimeToken.filter(user_id=user_id, purpose="reset_password", used_at__isnull=True).update(
        used_at=now
    )
    await _mark_verified(user_id)
    await end_all_logins(user_id)
