"""What a person was told and how they want to be, for them to take along, and how it goes."""

from __future__ import annotations

from typing import Any

from server.accounts.models import User
from server.infra.personal import DELETED_PERSON, Rows, erased, exported
from server.notifications.models import (
    Delivery,
    Inbox,
    MailAddress,
    Notification,
    Preference,
    PushSubscription,
    Rhythm,
)

ROWS = (
    Rows(Inbox, "user_id", "inbox"),
    Rows(Notification, "user_id", "notifications"),
    Rows(Notification, "actor_id", why="they were told to others", stay="others were told them"),
    Rows(Delivery, "user_id", "deliveries", secret=("message_id",)),
    Rows(Preference, "user_id", "preferences"),
    Rows(Rhythm, "user_id", "rhythm"),
    Rows(
        PushSubscription,
        "user_id",
        "push_subscriptions",
        secret=("endpoint", "endpoint_hash", "p256dh", "auth", "login_id"),
    ),
)


async def export(user_id: int) -> dict[str, Any]:
    return await exported(ROWS, user_id)


async def erase(user_id: int) -> None:
    """Others keep what they were told, without the name of who did it."""
    user = await User.get(id=user_id)
    await MailAddress.filter(email_key=user.email_key).delete()
    names = (user.name, user.username)
    for told in await Notification.filter(actor_id=user_id):
        about = {key: DELETED_PERSON if value in names else value for key, value in told.about.items()}
        if about != told.about:
            await Notification.filter(id=told.id).update(about=about)
    await erased(ROWS, user_id)
