"""A new password for somebody who is signed in and knows the old one."""

from __future__ import annotations

from server.accounts.entering import prove_password
from server.accounts.logins import end_other_logins
from server.accounts.models import OneTimeToken, User
from server.accounts.passwords import check_password, hash_password
from server.accounts.telling import tell
from server.accounts.values import Client
from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, Unauthenticated


async def change_password(viewer: Viewer, current: str, new: str, client: Client) -> None:
    """Set it, end all other logins, and tell by mail.

    Raises Invalid for a wrong current password or a new one that won't do, Throttled, Conflict when
    it was changed elsewhere meanwhile."""
    try:
        user = await prove_password(viewer.username, current, client)
    except Unauthenticated as wrong:
        raise Invalid(fields={"current": "This is not your present password."}) from wrong
    try:
        check_password(new, username=user.username, email=user.email)
    except ValueError as error:
        raise Invalid(fields={"password": str(error)}) from error
    await _set_password(viewer, user.password_hash, await hash_password(new))


@transactional
async def _set_password(viewer: Viewer, old_hash: str, new_hash: str) -> None:
    unchanged = User.filter(id=viewer.user_id, password_hash=old_hash)
    if not await unchanged.update(password_hash=new_hash):
        raise Conflict("changed_elsewhere", "Your password was changed elsewhere just now.")
    mailed = OneTimeToken.filter(user_id=viewer.user_id, purpose="reset_password", used_at__isnull=True)
    await mailed.update(used_at=clock.now())
    await end_other_logins(viewer)
    await tell(viewer.user_id, "security_changed", {"what": "password"})
