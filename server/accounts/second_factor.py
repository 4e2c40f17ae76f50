"""The second factor: an authenticator's codes, and recovery codes for when it is lost."""

from __future__ import annotations

from datetime import timedelta

import structlog

from server.accounts import totp
from server.accounts.logins import end_all_logins, end_other_logins, mark_confirmed
from server.accounts.lookup import by_email
from server.accounts.models import Login, RecoveryCode, Totp
from server.accounts.sealing import Broken, seal
from server.accounts.telling import tell
from server.accounts.tokens import hashed
from server.accounts.values import AuthenticatorSetup, Client, FactorState
from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, NotFound, Unauthenticated

SETUP_LIFETIME = timedelta(hours=1)  # from seeing the QR code to the first code typed
PER_ACCOUNT_AND_ADDRESS = Limit("second-factor", 5, timedelta(minutes=5))
PER_ACCOUNT = Limit("second-factor-account", 25, timedelta(hours=1))  # wherever the guesses come from

REQUIRED = "Type the code that your authenticator shows."
WRONG = "This code is wrong, too old, or was used already. Wait for the next one."
ALREADY = "A second factor is set up already. Turn it off first."
NO_SETUP = "Begin with the QR code: the last one was shown too long ago."

log = structlog.get_logger()


# --- asking


async def state(user_id: int) -> FactorState:
    """Whether codes are asked for, since when, and how many recovery codes are left."""
    row = await Totp.get_or_none(user_id=user_id, enabled_at__isnull=False)
    left = await RecoveryCode.filter(user_id=user_id, used_at__isnull=True).count() if row else 0
    return FactorState(row.enabled_at if row else None, left)


async def is_enabled(user_id: int) -> bool:
    """Whether this person's logins ask for a code."""
    return await Totp.filter(user_id=user_id, enabled_at__isnull=False).exists()


# --- proving


async def prove_if_enabled(user_id: int, code: str, client: Client) -> bool:
    """Ask for the second factor where there is one; returns whether there is.

    Raises as `prove`."""
    if not await is_enabled(user_id):
        return False
    await prove(user_id, code, client)
    return True


async def prove(user_id: int, code: str, client: Client) -> None:
    """Use a code of either kind up.

    Raises Unauthenticated (`second_factor_required` without a code, `second_factor_invalid`), Throttled
    after too many wrong ones."""
    if not (code := totp.cleaned(code)):
        raise Unauthenticated("second_factor_required", REQUIRED)
    async with WINDOWS.attempt(*_limits(user_id, client)) as attempt:
        used = await _use(user_id, code)
        attempt.failed = not used
    if not used:
        raise Unauthenticated("second_factor_invalid", WRONG)


def _limits(user_id: int, client: Client) -> tuple[tuple[Limit, str], ...]:
    account = str(user_id)
    return (PER_ACCOUNT_AND_ADDRESS, f"{account}|{client.network}"), (PER_ACCOUNT, account)


@transactional
async def _use(user_id: int, code: str) -> bool:
    """Of several uses at once one succeeds: the guarded UPDATE decides."""
    if totp.is_totp(code):
        row = await Totp.get_or_none(user_id=user_id, enabled_at__isnull=False)
        return row is not None and await _use_step(row, code)
    unused = RecoveryCode.filter(user_id=user_id, code_hash=hashed(code), used_at__isnull=True)
    return bool(await unused.update(used_at=clock.now()))


async def _use_step(row: Totp, code: str) -> bool:
    secret = _opened(row)
    step = totp.step_of(secret, code, clock.now()) if secret else None
    if step is None:
        return False
    return bool(await Totp.filter(id=row.id, last_step__lt=step).update(last_step=step))


def _opened(row: Totp) -> str:
    """The secret; empty when it was sealed with a key that is not ours any more."""
    try:
        return seal().open(row.sealed_secret, _owner(row.user_id))
    except Broken:
        log.error("an authenticator's secret can't be opened: was the secret key changed?")
        return ""


def _owner(user_id: int) -> str:
    return f"totp of {user_id}"


# --- setting up


@transactional
async def begin_setup(viewer: Viewer) -> AuthenticatorSetup:
    """A new secret, which counts for nothing until a code of it is given; an older one is forgotten.

    Raises Conflict when there is a second factor."""
    sealed = seal().close(totp.new_secret(), _owner(viewer.user_id))
    row = Totp(user_id=viewer.user_id, sealed_secret=sealed, created_at=clock.now())
    await Totp.filter(user_id=viewer.user_id, enabled_at__isnull=True).delete()
    await Totp.bulk_create([row], ignore_conflicts=True)
    kept = await Totp.get(user_id=viewer.user_id)
    if kept.enabled_at:
        raise Conflict("second_factor_enabled", ALREADY)
    return _setup_of(kept, viewer)


async def setup_under_way(viewer: Viewer) -> AuthenticatorSetup | None:
    """What `begin_setup` gave, for as long as it lives."""
    row = await _pending(viewer.user_id)
    return _setup_of(row, viewer) if row and _opened(row) else None


async def _pending(user_id: int) -> Totp | None:
    begun = clock.now() - SETUP_LIFETIME
    return await Totp.get_or_none(user_id=user_id, enabled_at__isnull=True, created_at__gt=begun)


def _setup_of(row: Totp, viewer: Viewer) -> AuthenticatorSetup:
    secret = _opened(row)
    return AuthenticatorSetup(secret, totp.otpauth_url(secret, viewer.username))


async def enable(viewer: Viewer, code: str, client: Client) -> list[str]:
    """Ask for codes from now on, and end all other logins. Returns the recovery codes.

    Raises Conflict without a setup under way, Invalid for a wrong code, Throttled."""
    row = await _pending(viewer.user_id)
    if row is None:
        raise Conflict("no_setup", ALREADY if await is_enabled(viewer.user_id) else NO_SETUP)
    async with WINDOWS.attempt(*_limits(viewer.user_id, client)) as attempt:
        step = totp.step_of(_opened(row), totp.cleaned(code), clock.now())
        attempt.failed = step is None
    if step is None:
        raise Invalid(fields={"code": "This is not the code that it shows now."})
    return await _enable(viewer, row.id, step)


@transactional
async def _enable(viewer: Viewer, row_id: int, step: int) -> list[str]:
    pending = Totp.filter(id=row_id, enabled_at__isnull=True)
    if not await pending.update(enabled_at=clock.now(), last_step=step):
        raise Conflict("second_factor_enabled", ALREADY)
    await end_other_logins(viewer)
    await mark_confirmed(viewer.login_id, second_factor=True)
    await _tell(viewer.user_id, "second_factor_on")
    return await _replace_recovery_codes(viewer.user_id)


@transactional
async def disable(viewer: Viewer) -> None:
    """Ask for codes no more; nothing happens when none are asked for."""
    await _remove(viewer.user_id)


async def _remove(user_id: int) -> None:
    removed = await Totp.filter(user_id=user_id).delete()
    await RecoveryCode.filter(user_id=user_id).delete()
    await Login.filter(user_id=user_id, second_factor=True).update(second_factor=False)
    if removed:
        await _tell(user_id, "second_factor_off")


@transactional
async def forget_second_factor(email: str) -> None:
    """What an operator does for somebody who lost authenticator and codes; ends all their logins.

    Raises NotFound."""
    user = await by_email(email)
    if user is None:
        raise NotFound(message="No account has this address.")
    await end_all_logins(user.id)
    await _remove(user.id)


@transactional
async def new_recovery_codes(viewer: Viewer) -> list[str]:
    """Ten others; the old ones work no more.

    Raises Conflict without a second factor."""
    if not await Totp.filter(user_id=viewer.user_id, enabled_at__isnull=False).exists():
        raise Conflict("no_second_factor", "Set up a second factor first.")
    await _tell(viewer.user_id, "recovery_codes")
    return await _replace_recovery_codes(viewer.user_id)


async def _replace_recovery_codes(user_id: int) -> list[str]:
    codes, now = totp.new_recovery_codes(), clock.now()
    await RecoveryCode.filter(user_id=user_id).delete()
    for code in codes:
        digest = hashed(totp.cleaned(code))
        await RecoveryCode.create(user_id=user_id, code_hash=digest, created_at=now)
    return codes


async def _tell(user_id: int, what: str) -> None:
    await tell(user_id, "security_changed", {"what": what})
