"""What happens after a commit: followers hear, files go, and mails to who may not get any others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.accounts import service as accounts
from server.infra.outbox import Lane, job
from server.notifications.letters import letter
from server.notifications.post import Addressee
from server.people import followers
from server.people.followers import News
from server.people.gallery import gallery


@job(followers.JOB)
async def tell_followers(payload: dict[str, Any]) -> None:
    await followers.tell_batch(News(**payload))


@job("people.forget_picture", lane=Lane.LONG)
async def forget_picture(payload: dict[str, Any]) -> None:
    await gallery().forget(str(payload["picture"]))


@job("people.forget_file", lane=Lane.LONG)
async def forget_file(payload: dict[str, Any]) -> None:
    await gallery().storage.delete(str(payload["key"]))


@job("people.mail_closing", lane=Lane.MAIL)
async def mail_closing(payload: dict[str, Any]) -> None:
    """The last mail to somebody who leaves: until when that can be taken back."""
    account = await accounts.account(payload["user_id"])
    if account.status != "closing":
        return
    to = Addressee(account.email, account.name, account.timezone)
    async with letter(payload["user_id"], "account_closing", to) as found:
        if found:
            await found.send({"closes_at": datetime.fromisoformat(payload["closes_at"])})


@job("people.mail_new_address", lane=Lane.MAIL)
async def mail_new_address(payload: dict[str, Any]) -> None:
    """Asks the new address of an account to confirm that it is."""
    account, email = await accounts.account(payload["user_id"]), str(payload["email"])
    # Not the name: anybody may write anything there and have it mailed to a stranger.
    to = Addressee(email, account.username, account.timezone)
    async with letter(payload["user_id"], "change_email", to) as found:
        if found:
            token = await accounts.issue_token(payload["user_id"], "change_email", email)
            await found.send({"token": token})


@job("people.mail_old_address", lane=Lane.MAIL)
async def mail_old_address(payload: dict[str, Any]) -> None:
    """Tells the former address, with the way back."""
    account, email = await accounts.account(payload["user_id"]), str(payload["email"])
    to = Addressee(email, account.name, account.timezone)
    async with letter(payload["user_id"], "email_changed", to) as found:
        if found:
            token = await accounts.issue_token(payload["user_id"], "undo_email", email)
            await found.send({"token": token, "new": payload["new"]})
