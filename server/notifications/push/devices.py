"""The browsers on which people take pushes: one for each login, with which it ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.accounts.devices import device_of
from server.accounts.service import Ended, working_login
from server.edge.access import Viewer
from server.edge.ratelimit import WINDOWS, Limit
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, NotFound
from server.infra.outbox import enqueue
from server.notifications.inboxes import lock_inbox
from server.notifications.models import PushSubscription
from server.notifications.push.office import push_office

MOST_DEVICES = 10  # of one person; one more ends the oldest
CHANGES = Limit("push-devices", 60, timedelta(hours=1))
TRIALS = Limit("push-trials", 10, timedelta(hours=1))
TRY_OUT = "notifications.try_push"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gives: where its push service takes messages, and for which key and secret."""

    endpoint: str
    p256dh: str
    auth: str

    @property
    def endpoint_hash(self) -> str:
        return hashlib.sha256(self.endpoint.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Device:
    """One browser of a person; `here`: the one that asks."""

    id: UUID
    name: str
    here: bool
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Devices:
    """A person's, the newest first. `public_key` is what a browser subscribes for; empty where nothing is
    pushed."""

    public_key: str
    devices: tuple[Device, ...]

    @property
    def here(self) -> Device | None:
        return next((device for device in self.devices if device.here), None)


# --- asking


def living(user_id: int) -> QuerySet[PushSubscription]:
    """Those of a person whose logins still work."""
    return PushSubscription.filter(working_login("login__"), user_id=user_id)


async def devices_of(viewer: Viewer) -> Devices:
    office = push_office()
    if office is None:
        return Devices("", ())
    rows = await living(viewer.user_id).order_by("-id")
    return Devices(office.vapid.public_key, tuple(_device(row, viewer) for row in rows))


async def could_take(viewer: Viewer) -> bool:
    """Whether pushes could go to the browser that asks, and don't."""
    if push_office() is None:
        return False
    return not await living(viewer.user_id).filter(login_id=viewer.login_id).exists()


async def takes_pushes(user_id: int) -> bool:
    """Whether there is a device to push to."""
    return push_office() is not None and await living(user_id).exists()


def _device(row: PushSubscription, viewer: Viewer) -> Device:
    return Device(row.public_id, row.device, row.login_id == viewer.login_id, row.created_at, row.used_at)


# --- changing


async def subscribe(viewer: Viewer, given: Subscription, user_agent: str) -> tuple[Device, bool]:
    """Push to this browser from now on; also whether that is new. Whoever had it before has it no more.

    Raises Conflict where nothing is pushed, Invalid, Throttled."""
    _check(given)
    await WINDOWS.take(CHANGES, str(viewer.user_id))
    return await _keep(viewer, given, device_of(user_agent))


def _check(given: Subscription) -> None:
    office = push_office()
    if office is None:
        raise Conflict("push_off", "Nothing is pushed from here.")
    try:
        office.checked(given.endpoint)
    except ValueError as error:
        raise Invalid(fields={"endpoint": str(error)}) from error


@transactional
async def _keep(viewer: Viewer, given: Subscription, name: str) -> tuple[Device, bool]:
    await lock_inbox(viewer.user_id)
    known = PushSubscription.filter(
        endpoint_hash=given.endpoint_hash, user_id=viewer.user_id, login_id=viewer.login_id
    )
    renewed = await known.update(p256dh=given.p256dh, auth=given.auth, failures=0)
    if not renewed:
        await _replace(viewer, given, name)
    return _device(await known.get(), viewer), not renewed


async def _replace(viewer: Viewer, given: Subscription, name: str) -> None:
    """A login is one browser, and a browser has one subscription."""
    same_browser = Q(endpoint_hash=given.endpoint_hash) | Q(login_id=viewer.login_id)
    await PushSubscription.filter(same_browser).delete()
    row = PushSubscription(
        user_id=viewer.user_id,
        login_id=viewer.login_id,
        endpoint=given.endpoint,
        endpoint_hash=given.endpoint_hash,
        p256dh=given.p256dh,
        auth=given.auth,
        device=name,
        created_at=clock.now(),
    )
    await row.save()
    ids = PushSubscription.filter(user_id=viewer.user_id).order_by("-id").values_list("id", flat=True)
    await PushSubscription.filter(id__in=list(await ids)[MOST_DEVICES:]).delete()


async def unsubscribe(viewer: Viewer, endpoint: str) -> None:
    """Push no more to it; nothing happens to one that is not this person's."""
    given = Subscription(endpoint, "", "")
    await PushSubscription.filter(user_id=viewer.user_id, endpoint_hash=given.endpoint_hash).delete()


async def remove(viewer: Viewer, device_id: UUID) -> None:
    """Raises NotFound for one that is not this person's."""
    if not await PushSubscription.filter(user_id=viewer.user_id, public_id=device_id).delete():
        raise NotFound


async def end_with_logins(ended: Ended) -> None:
    """Push no more to browsers that are not logged in any more."""
    rows = await PushSubscription.filter(user_id=ended.user_id)
    gone = [row.id for row in rows if ended.concerns(row.user_id, row.login_id or 0)]
    await PushSubscription.filter(id__in=gone).delete()


async def ask_for_trial(viewer: Viewer) -> None:
    """Have something pushed to the browser that asks.

    Raises Conflict when that takes no pushes, Throttled."""
    if not await living(viewer.user_id).filter(login_id=viewer.login_id).exists():
        raise Conflict("no_device", "This device takes no notifications.")
    await WINDOWS.take(TRIALS, str(viewer.user_id))
    await enqueue(TRY_OUT, {"login_id": viewer.login_id})
