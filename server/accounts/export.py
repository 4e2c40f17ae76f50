"""What is kept of an account, for its owner to take along, and how it is made nobody's."""

from __future__ import annotations

import hashlib
from typing import Any

from server.accounts.models import Invitation, Login, OneTimeToken, RecoveryCode, RoleGrant, Totp, User
from server.accounts.names import freed_key
from server.infra.models import AuditRow, IdempotencyRecord, MailRow
from server.infra.personal import DELETED_PERSON, Rows, erased, exported

INVITATIONS = "whom somebody invited is the platform's to know"

ROWS = (
    Rows(RoleGrant, "user_id", "roles"),
    Rows(Login, "user_id", "logins", secret=("cookie_hash", "bearer_hash")),
    Rows(OneTimeToken, "user_id", "links_by_mail", secret=("token_hash",)),
    Rows(Totp, "user_id", "second_factor", secret=("sealed_secret", "last_step")),
    Rows(RecoveryCode, "user_id", "recovery_codes", secret=("code_hash",)),
    Rows(Invitation, "invited_by_id", "invitations_sent", secret=("token_hash",), stay=INVITATIONS),
)
ACCOUNT = (
    "public_id",
    "username",
    "email",
    "name",
    "timezone",
    "email_verified_at",
    "terms_version",
    "status",
    "last_role",
    "created_at",
)


async def export(user_id: int) -> dict[str, Any]:
    """Also what staff did to the account; not who it was."""
    account = await User.get(id=user_id).values(*ACCOUNT)
    done = AuditRow.filter(subject="user", subject_id__in=(str(user_id), str(account["public_id"])))
    by_staff = await done.order_by("id").values("action", "reason", "at")
    return {"account": account, **await exported(ROWS, user_id), "done_by_staff": by_staff}


async def erase(user_id: int) -> None:
    """The row stays, so that what others need leads somewhere: to nobody. Its username is never given
    again, its address may make a new account. Last of all features: it says that all is done."""
    user = await User.get(id=user_id)
    await erased(ROWS, user_id)
    await Invitation.filter(email_key=user.email_key).delete()
    await MailRow.filter(recipient=user.email).delete()
    await IdempotencyRecord.filter(user_id=user_id).delete()
    await User.filter(id=user_id).update(**_nobody(user))


def _nobody(user: User) -> dict[str, Any]:
    number = hashlib.sha256(user.public_id.bytes).hexdigest()[:16]
    return {
        "username": f"deleted-{number}",
        "username_key": freed_key(user.username_key),
        "email": f"{number}@deleted.invalid",
        "email_key": f"{number}@deleted.invalid",
        "password_hash": "",
        "name": DELETED_PERSON,
        "name_words": "",
        "timezone": "UTC",
        "email_verified_at": None,
        "last_role": "",
        "status": "erased",
        "closes_at": None,
    }
