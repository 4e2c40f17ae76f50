"""The stage of random stories about money: a database of their own, a provider as new, a clock that is
moved by hand, one mentor, some lessons and some learners."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID, uuid4

import aiohttp
import stripe
from hypothesis.stateful import RuleBasedStateMachine

from server.booking.times import next_mark
from server.edge.access import Viewer
from server.edge.amounts import settled_in
from server.infra import clock, db
from server.infra.errors import DomainError
from server.notifications.acquaintances import introduce
from server.notifications.post import open_post_office
from server.notifications.push.office import open_push
from server.payments.gateway import client
from server.payments.gateway.client import Gateway
from server.payments.gateway.current import using
from server.payments.models import StripeEvent
from server.payments.payouts.accounts import onboarding_link
from server.people.privacy import visible
from server.worker import load_jobs
from tests.conftest import QUICK, settings_for
from tests.databases import Cluster
from tests.server.booking.makers import mentor, payments, person, published
from tests.server.payments import endings
from tests.server.payments.provider import Provider
from tests.server.payments.sandbox import SECRET_KEY

T = TypeVar("T")
LEARNERS = ("lea", "jun", "amara", "ines")
PRICES = {"EUR": (99, 4999, 5000), "JPY": (51, 99, 5001), "KWD": (151, 4999, 12_345)}  # minor units
STARTS = (26, 50, 80)  # hours from now
KEYS_LAST = timedelta(hours=24)  # with the provider
HASTE_S = 0.25  # in which an answer should come that never does


class Stage(RuleBasedStateMachine):
    """`fresh` gives a database with all tables, by its address."""

    fresh: Callable[[Path], AbstractContextManager[str]]
    base: str
    currency = "EUR"

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.runner = self.stack.enter_context(asyncio.Runner())
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.clock = clock.ManualClock(next_mark(datetime.now(UTC)))
        self.stack.enter_context(clock.replaced(self.clock))
        self.stack.enter_context(payments())
        self.stack.enter_context(settled_in(self.currency))
        self.stack.enter_context(patch.object(stripe.HTTPClient, "INITIAL_DELAY", 0))  # between two tries
        self.url = self.stack.enter_context(type(self).fresh(self.folder))
        self.run(self.begin())

    def run(self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await work

        return self.runner.run(waited())

    async def begin(self) -> None:
        settings = settings_for(self.folder, self.url)
        await db.open_database(settings)
        load_jobs()
        open_post_office(settings)
        open_push(settings)
        introduce(visible)
        self.http = aiohttp.ClientSession()
        gateway = Gateway(SECRET_KEY, self.http, lambda: self.base)
        self.provider = Provider(self.base, gateway, self.http)
        self.stack.enter_context(using(gateway))
        self.since = datetime.now(UTC) - timedelta(seconds=1)
        await self.provider.call("_sandbox/forget_everything")
        await self.people()

    async def people(self) -> None:
        self.mira = await mentor()
        self.learners: list[Viewer] = [await person(name) for name in LEARNERS]
        self.staff = await person("root", "admin")
        self.sessions: list[UUID] = []
        for price, hours in zip(PRICES[self.currency], STARTS, strict=True):
            start = self.clock.now() + timedelta(hours=hours)
            priced = {"price_minor": price, "currency": self.currency, "capacity": 2}
            self.sessions.append(await published(self.mira, start, **priced))
        await self.provider.complete(await onboarding_link(self.mira, "http://127.0.0.1"))

    async def unanswered(self, work: Awaitable[Any]) -> None:
        """The provider does the next thing it is asked for, and its answer never comes."""
        await self.provider.fault(timeout=2)  # the library tries twice
        with (
            patch.object(client, "ANSWER_S", HASTE_S),
            using(Gateway(SECRET_KEY, self.http, lambda: self.base)),
        ):
            await self.refusing(work)
        await self.provider.fault(timeout=0)

    async def pass_time(self, until: datetime) -> None:
        """The provider forgets our keys after a day."""
        long = until - self.clock.now() >= KEYS_LAST
        self.clock.set(max(until, self.clock.now()))
        if long:
            await self.provider.call("_sandbox/forget_keys")

    async def told(self) -> list[StripeEvent]:
        return await endings.told(self.provider, self.since)

    async def refusing(self, work: Awaitable[Any]) -> None:
        """A rule, or a provider that is away, may say no."""
        with suppress(DomainError):
            await work

    async def at_provider(self, path: str, account: str = "", **params: Any) -> None:
        """What the provider may refuse."""
        with suppress(AssertionError):
            await self.provider.call(path, account, **params)

    async def close(self) -> None:
        await self.http.close()
        await db.close_database()


def in_files(template: Path) -> Callable[[Path], AbstractContextManager[str]]:
    """SQLite: a copy of the template in each folder."""

    @contextmanager
    def fresh(folder: Path) -> Iterator[str]:
        shutil.copyfile(template, folder / "peerlearn.sqlite3")
        yield f"sqlite://{folder}/peerlearn.sqlite3{QUICK}"

    return fresh


def in_cluster(cluster: Cluster) -> Callable[[Path], AbstractContextManager[str]]:
    """PostgreSQL: a copy of its template, which is dropped afterwards."""

    @contextmanager
    def fresh(_: Path) -> Iterator[str]:
        name = f"history_{uuid4().hex}"
        asyncio.run(cluster.run(f"CREATE DATABASE {name} TEMPLATE template_peerlearn"))
        yield cluster.url_of(name)
        asyncio.run(cluster.run(f"DROP DATABASE {name} WITH (FORCE)"))

    return fresh
