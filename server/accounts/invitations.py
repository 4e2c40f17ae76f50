"""Asking somebody to take up roles of the staff. The mail holds a token that works once, for a week; like
those of other mails it is made by the job that sends it, so that none is stored in plain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from server.accounts.lookup import by_email
from server.accounts.models import Invitation, User
from server.accounts.names import clean_email, same
from server.accounts.registration import (
    checked,
    create_account,
    hashed_password,
    require_free_username,
)
from server.accounts.roles import grant_role, in_order, roles_of
from server.accounts.standing import record_roles
from server.accounts.tokens import hashed, new_secret, plausible
from server.accounts.values import InvitationLetter, InvitationOffer, InvitationView, Registration
from server.edge.access import Viewer
from server.edge.permissions import STAFF, Permission, may
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import Forbidden, Invalid, NotFound
from server.infra.outbox import enqueue

LIFETIME = timedelta(days=7)
PER_INVITER = Limit("invitations", 50, timedelta(days=1))
REASON = "accepted an invitation"
OVER = "This invitation was used already, taken back, or is too old. Please ask for a new one."
NOT_YOURS = "This invitation is for another e-mail address than the one of your account."
KNOWN = "This address has an account by now. Log in to accept the invitation."
UNPROVEN = "Please confirm your e-mail address first; then open the invitation again."


# --- inviting


async def invite(actor: Viewer, email: str, roles: Iterable[str]) -> InvitationView:
    """Write to somebody; an earlier invitation of theirs is void.

    Raises Invalid, Forbidden, Throttled."""
    await WINDOWS.take(PER_INVITER, str(actor.user_id))
    return await _invite(actor, _checked_email(email), _checked_roles(roles))


def _checked_email(email: str) -> str:
    try:
        return clean_email(email)
    except ValueError as error:
        raise Invalid(fields={"email": str(error)}) from error


def _checked_roles(roles: Iterable[str]) -> list[str]:
    wanted = set(roles)
    if not wanted:
        raise Invalid(fields={"roles": "Choose at least one role."})
    if unknown := wanted - STAFF:
        names = ", ".join(sorted(unknown))
        raise Invalid(fields={"roles": f"Nobody is invited to this role: {names[:100]}."})
    return in_order(wanted)


@transactional
async def _invite(actor: Viewer, email: str, roles: list[str]) -> InvitationView:
    await _require_inviter(actor.user_id)
    user = await by_email(email)
    if user is not None and set(roles) <= await roles_of(user.id):
        raise Invalid(fields={"email": "This person has these roles already."})
    now = clock.now()
    await _open().filter(email_key=same(email)).update(revoked_at=now)
    made = await Invitation.create(
        email=email,
        email_key=same(email),
        roles=roles,
        token_hash=hashed(new_secret()),  # nobody knows it: the mail's replaces it
        invited_by_id=actor.user_id,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    await audit.record(
        actor.user_id, "invitation.sent", "invitation", made.public_id, detail={"roles": roles}
    )
    await enqueue("notifications.invitation", {"invitation_id": made.id})
    return _view(made, actor.username)


async def _require_inviter(user_id: int) -> None:
    active = await User.filter(id=user_id, status="active").exists()
    if not active or not may(await roles_of(user_id), Permission.ROLES_GRANT):
        raise Forbidden(message="Only an owner can invite people to the staff.")


def _open() -> QuerySet[Invitation]:
    return Invitation.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now())


@transactional
async def invitation_to_send(invitation_id: int) -> InvitationLetter | None:
    """What the mail says, with a fresh token; None when it was taken back meanwhile."""
    found = await _open().get_or_none(id=invitation_id).select_related("invited_by")
    if found is None:
        return None
    token = new_secret()
    await Invitation.filter(id=found.id).update(token_hash=hashed(token))
    user = await by_email(found.email)
    return InvitationLetter(
        email=found.email,
        name=user.name if user else found.email,
        timezone=user.timezone if user else "UTC",
        inviter=found.invited_by.name,
        roles=in_order(set(found.roles)),
        token=token,
        expires_at=found.expires_at,
    )


async def invitations() -> list[InvitationView]:
    """The newest hundred."""
    rows = await Invitation.all().order_by("-id").limit(100).select_related("invited_by")
    return [_view(row, row.invited_by.username) for row in rows]


def _view(row: Invitation, inviter: str) -> InvitationView:
    return InvitationView(
        id=row.public_id,
        email=row.email,
        roles=in_order(set(row.roles)),
        invited_by=inviter,
        status=_status(row),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _status(row: Invitation) -> str:
    if row.used_at is not None:
        return "accepted"
    if row.revoked_at is not None:
        return "revoked"
    return "open" if row.expires_at > clock.now() else "expired"


@transactional
async def revoke_invitation(actor: Viewer, public_id: UUID) -> None:
    """Take it back; one that is over stays as it is.

    Raises NotFound."""
    if not await Invitation.filter(public_id=public_id).exists():
        raise NotFound
    if await _open().filter(public_id=public_id).update(revoked_at=clock.now()):
        await audit.record(actor.user_id, "invitation.revoked", "invitation", public_id)


# --- accepting


async def offer_of(token: str, viewer: Viewer | None) -> InvitationOffer | None:
    """What a link offers to whoever opened it; None for one that is no good any more. Changes nothing:
    mail scanners open links."""
    found = await _usable(token)
    if found is None:
        return None
    return InvitationOffer(
        email=found.email,
        roles=in_order(set(found.roles)),
        inviter=found.invited_by.name,
        expires_at=found.expires_at,
        known=await by_email(found.email) is not None,
        yours=viewer is not None and same(viewer.email) == found.email_key,
    )


async def _usable(token: str) -> Invitation | None:
    if not plausible(token):
        return None
    return await _open().get_or_none(token_hash=hashed(token)).select_related("invited_by")


@transactional
async def accept(viewer: Viewer, token: str) -> None:
    """Take the roles up, as somebody signed in whose proven address it was sent to. All logins end.

    Raises Invalid, Forbidden."""
    found = await _taken(token)
    user = await User.get(id=viewer.user_id)
    if user.email_key != found.email_key:
        raise Forbidden(message=NOT_YOURS)
    if user.email_verified_at is None:
        raise Forbidden("unverified", UNPROVEN)
    await _give(found, user.id)


async def register_invited(token: str, wanted: Registration) -> int:
    """Take the roles up with a new account, whatever address `wanted` has: who has the link has the
    mailbox that it was sent to. Returns the account's id.

    Raises Invalid."""
    found = await _usable(token)
    if found is None:
        raise Invalid(fields={"token": OVER}, message=OVER)
    clean = checked(replace(wanted, email=found.email, role="learner"))
    await require_free_username(clean.username)
    password_hash = await hashed_password(clean)
    try:
        return await _create(token, clean, password_hash)
    except IntegrityError as error:
        await require_free_username(clean.username)
        raise Invalid(fields={"form": KNOWN}, message=KNOWN) from error


@transactional
async def _create(token: str, clean: Registration, password_hash: str) -> int:
    found = await _taken(token)
    user_id = await create_account(clean, password_hash)
    await User.filter(id=user_id).update(email_verified_at=clock.now())
    await _give(found, user_id)
    return user_id


async def _taken(token: str) -> Invitation:
    """Use it up: of two at once one succeeds. It is worth what its inviter may still give.

    Raises Invalid."""
    found = await _usable(token)
    used = found and await _open().filter(id=found.id).update(used_at=clock.now())
    if found is None or not used:
        raise Invalid(fields={"token": OVER}, message=OVER)
    try:
        await _require_inviter(found.invited_by_id)
    except Forbidden as error:
        raise Invalid(fields={"token": OVER}, message=OVER) from error
    return found


async def _give(found: Invitation, user_id: int) -> None:
    held = await roles_of(user_id)
    for role in found.roles:
        await grant_role(user_id, role)
    detail = {"roles": found.roles, "invited_by": found.invited_by_id}
    await audit.record(user_id, "invitation.accepted", "invitation", found.public_id, detail=detail)
    await record_roles(user_id, held, held | set(found.roles), user_id, REASON)
