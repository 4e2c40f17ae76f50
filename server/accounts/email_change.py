"""Another e-mail address for an account: the new one confirms it, the old one can take it back for a
week.

Nobody learns from it whether an address is somebody's. Until the week is over the old address is kept:
who took an account over can't give it to another one and so make taking back impossible."""

from __future__ import annotations

import secrets
from datetime import timedelta

from tortoise.exceptions import IntegrityError

from server.accounts.confirmations import BAD_TOKEN, issue_token, use_token
from server.accounts.logins import end_all_logins
from server.accounts.lookup import address_kept, by_email
from server.accounts.models import OneTimeToken, User
from server.accounts.names import clean_email, same
from server.accounts.registration import KNOWN_MAIL, may_mail
from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Invalid
from server.infra.outbox import enqueue

ASKED = Limit("change-email", 5, timedelta(hours=1))
ALREADY = "This is your address already."
BY_MAIL = ("verify_email", "reset_password", "change_email")  # links to an address that is no more theirs


async def ask_for_change(viewer: Viewer, wanted: str) -> str:
    """Mail a link to the new address, or to its owner that somebody tried; returns its clean spelling.

    Raises Invalid, Throttled."""
    try:
        email = clean_email(wanted)
    except ValueError as error:
        raise Invalid(fields={"email": str(error)}) from error
    if same(email) == same(viewer.email):
        raise Invalid(fields={"email": ALREADY})
    await WINDOWS.take(ASKED, str(viewer.user_id))
    owner = await by_email(email)
    may = await may_mail(KNOWN_MAIL, owner.id if owner else secrets.randbits(62))
    if owner is None:
        await _ask("people.mail_new_address", {"user_id": viewer.user_id, "email": email})
    elif may:
        await _ask("notifications.known_email", {"user_id": owner.id})
    return email


@transactional
async def _ask(job: str, payload: dict[str, object]) -> None:
    await enqueue(job, payload)


@transactional
async def confirm_change(token: str) -> str:
    """The new address is the account's; returns it. The old one is told, with the way back.

    Raises Invalid, also when somebody else has taken the address meanwhile."""
    used = await use_token(token, "change_email")
    user = await User.get(id=used.user_id)
    old = user.email
    if await address_kept(used.email, but=user.id):
        raise Invalid(fields={"token": BAD_TOKEN}, message=BAD_TOKEN)
    await _set_address(user.id, used.email)
    if same(old) != same(used.email):
        await issue_token(user.id, "undo_email", old)  # nobody knows it: it keeps the address at once
        await enqueue("people.mail_old_address", {"user_id": user.id, "email": old, "new": used.email})
    return used.email


@transactional
async def undo_change(token: str) -> str:
    """The old address is the account's again, and whoever was in is out; returns it.

    What was changed later can't be undone to any more; what was changed earlier can. Raises Invalid."""
    used = await use_token(token, "undo_email")
    later = OneTimeToken.filter(user_id=used.user_id, purpose="undo_email", id__gt=used.id)
    await later.filter(used_at__isnull=True).update(used_at=clock.now())
    await _set_address(used.user_id, used.email)
    await end_all_logins(used.user_id)
    return used.email


async def _set_address(user_id: int, email: str) -> None:
    now = clock.now()
    try:
        await User.filter(id=user_id).update(email=email, email_key=same(email), email_verified_at=now)
    except IntegrityError as taken:
        raise Invalid(fields={"token": BAD_TOKEN}, message=BAD_TOKEN) from taken
    sent = OneTimeToken.filter(user_id=user_id, purpose__in=BY_MAIL, used_at__isnull=True)
    await sent.update(used_at=now)
