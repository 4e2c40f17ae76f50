"""What happens to people's files after a commit, and mails to who may not get any others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.accounts import service as accounts
from server.infra.outbox import job
from server.notifications.post import Addressee, post_office
from server.people.gallery import gallery


@job("people.forget_picture")
async def forget_picture(payload: dict[str, Any]) -> None:
    await gallery().forget(str(payload["picture"]))


@job("people.forget_file")
async def forget_file(payload: dict[str, Any]) -> None:
    await gallery().storage.delete(str(payload["key"]))


@job("people.mail_closing")
async def mail_closing(payload: dict[str, Any]) -> None:
    """The last mail to somebody who leaves: until when that can be taken back."""
    account = await accounts.account(payload["user_id"])
    if account.status == "closing":
        to = Addressee(account.email, account.name, account.timezone)
        closes_at = datetime.fromisoformat(payload["closes_at"])
        await post_office().send(to, "account_closing", {"closes_at": closes_at})
