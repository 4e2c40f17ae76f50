"""What follows a commit: tellings and their deliveries, and mails with a token.

Tokens are made here, at the last moment, so that none is stored in plain."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from server.accounts import service as accounts
from server.infra.outbox import Lane, job
from server.notifications import digests, sending, telling
from server.notifications.letters import letter
from server.notifications.post import Addressee, post_office
from server.notifications.push import sending as push_sending
from server.notifications.push.devices import TRY_OUT, end_with_logins
from server.notifications.values import Telling
from server.notifications.waking import end_sockets


async def _addressee(payload: dict[str, Any]) -> Addressee:
    account = await accounts.account(payload["user_id"])
    return Addressee(account.email, account.name, account.timezone)


@job("notifications.verify_email", lane=Lane.MAIL)
async def verify_email(payload: dict[str, Any]) -> None:
    """Asks to confirm an address."""
    if not payload["user_id"]:
        return
    account = await accounts.account(payload["user_id"])
    if account.verified:
        return
    # Not the name: anybody may write anything there and have it mailed to a stranger.
    to = Addressee(account.email, account.username, account.timezone)
    async with letter(payload["user_id"], "verify_email", to) as found:
        if found:
            await found.send({"token": await accounts.issue_token(payload["user_id"], "verify_email")})


@job("notifications.known_email", lane=Lane.MAIL)
async def known_email(payload: dict[str, Any]) -> None:
    """Tells the owner of an address that somebody tried to register with it."""
    async with letter(payload["user_id"], "known_email", await _addressee(payload)) as found:
        if found:
            await found.send({})


@job("notifications.reset_password", lane=Lane.MAIL)
async def reset_password(payload: dict[str, Any]) -> None:
    """The link for a new password."""
    if not payload["user_id"]:
        return
    async with letter(payload["user_id"], "reset_password", await _addressee(payload)) as found:
        if found:
            await found.send({"token": await accounts.issue_token(payload["user_id"], "reset_password")})


@job("notifications.standing_changed", lane=Lane.MAIL)
async def standing_changed(payload: dict[str, Any]) -> None:
    """What was decided about somebody's account: to those as well who can't log in any more."""
    async with letter(payload["user_id"], "standing_changed", await _addressee(payload)) as found:
        if found:
            await found.send(payload)


@job("notifications.invitation", lane=Lane.MAIL)
async def invitation(payload: dict[str, Any]) -> None:
    """Asks somebody, who may have no account, to join the staff."""
    found = await accounts.invitation_to_send(payload["invitation_id"])
    if found is not None:
        to = Addressee(found.email, found.name, found.timezone)
        await post_office().send(to, "invitation", asdict(found))


@job("notifications.tell")
async def tell(payload: dict[str, Any]) -> None:
    await telling.tell(Telling(**payload))


@job("notifications.deliver", lane=Lane.MAIL)
async def deliver(payload: dict[str, Any]) -> None:
    await sending.deliver(payload["delivery_id"])


@accounts.follows_ended_logins
async def logins_ended(ended: accounts.Ended) -> None:
    end_sockets(ended.user_id, code=ended.code, only=ended.only, kept=ended.kept)
    await end_with_logins(ended)


@job("notifications.push", lane=Lane.PUSH)
async def push(payload: dict[str, Any]) -> None:
    await sending.deliver(payload["delivery_id"])


@job(TRY_OUT, lane=Lane.PUSH)
async def try_push(payload: dict[str, Any]) -> None:
    await push_sending.try_out(payload["login_id"])


@job("notifications.digest")
async def digest(payload: dict[str, Any]) -> None:
    await digests.gather(payload["user_id"])
