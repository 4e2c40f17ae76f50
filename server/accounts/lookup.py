"""Finding an account by what somebody typed. What no account could have is not looked up at all."""

from __future__ import annotations

from server.accounts.models import EMAIL_KEY_LENGTH, USERNAME_KEY_LENGTH, OneTimeToken, User
from server.accounts.names import same
from server.infra import clock


async def by_username(text: str) -> User | None:
    """Whose username this is, in any spelling."""
    key = same(text.strip())
    return await User.get_or_none(username_key=key) if len(key) <= USERNAME_KEY_LENGTH else None


async def by_email(text: str) -> User | None:
    """Whose e-mail address this is, in any spelling."""
    key = same(text.strip())
    return await User.get_or_none(email_key=key) if len(key) <= EMAIL_KEY_LENGTH else None


async def address_kept(email: str, *, but: int = 0) -> bool:
    """Whether an account other than `but` had this address a short while ago and may take it back."""
    kept = OneTimeToken.filter(purpose="undo_email", email__iexact=email, used_at__isnull=True)
    return await kept.filter(expires_at__gt=clock.now()).exclude(user_id=but).exists()
