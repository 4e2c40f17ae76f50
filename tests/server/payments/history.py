"""One mentor, some lessons, some learners, and everything that may happen to their money, in any order:
booked, paid, given back, disputed, released and paid out, with answers lost and events told in any order
and again and again. After each step the books are asked whether they are true."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID, uuid4

import aiohttp
import stripe
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server.booking import service as booking
from server.booking.models import Booking, Session
from server.booking.states import BookingStatus, SessionStatus
from server.booking.times import next_mark
from server.edge.access import Viewer
from server.edge.amounts import settled_in
from server.infra import clock, db
from server.infra.errors import DomainError
from server.notifications.acquaintances import introduce
from server.notifications.post import open_post_office
from server.notifications.push.office import open_push
from server.payments.books.invariants import broken
from server.payments.checkout.beginning import begin_payment
from server.payments.checkout.syncing import sync_payment
from server.payments.disputes import told as disputes
from server.payments.gateway.client import Gateway
from server.payments.gateway.current import using
from server.payments.models import Dispute, Payment, Payout, Refund, StripeEvent
from server.payments.payouts.accounts import onboarding_link
from server.payments.payouts.requesting import request_payout
from server.payments.refunds.asking import ask_refund
from server.payments.release.releasing import release_due
from server.payments.release.rule import ISSUES
from server.payments.states import PAID, DisputeStatus
from server.payments.webhook.handlers import HANDLERS
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
CARDS = ("pm_card_visa", "pm_card_mastercard", "pm_card_refundFail", "pm_card_pendingRefund")
NUMBERS = st.integers(0, 1000)  # which of those that are there


class History(RuleBasedStateMachine):
    """Each has a database of its own; the provider remembers those before, and its balance of then."""

    fresh: Callable[[Path], AbstractContextManager[str]]  # a database with all tables, by its address
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
        await self.provider.fault(error_after_commit=0, payout_fails=0)
        self.before = (await gateway.balance()).get(self.currency, 0)
        await self.people()

    async def people(self) -> None:
        self.mira = await mentor()
        self.learners: list[Viewer] = [await person(name) for name in LEARNERS]
        self.sessions: list[UUID] = []
        for price, hours in zip(PRICES[self.currency], STARTS, strict=True):
            start = self.clock.now() + timedelta(hours=hours)
            priced = {"price_minor": price, "currency": self.currency, "capacity": 2}
            self.sessions.append(await published(self.mira, start, **priced))
        await self.provider.complete(await onboarding_link(self.mira, "http://127.0.0.1"))

    # --- learners

    @initialize(cards=st.lists(st.sampled_from(CARDS), min_size=3, max_size=6))
    def begin_with_some(self, cards: list[str]) -> None:
        for number, card in enumerate(cards):
            learner = chosen(self.learners, number)
            self.run(self.refusing(self._pay(learner, number, card, heard=True)))

    @rule(learner=NUMBERS, session=NUMBERS, card=st.sampled_from(CARDS), heard=st.booleans())
    def pay(self, learner: int, session: int, card: str, heard: bool) -> None:
        self.run(self.refusing(self._pay(chosen(self.learners, learner), session, card, heard=heard)))

    async def _pay(self, learner: Viewer, session: int, card: str, *, heard: bool) -> None:
        """Where it is not `heard`, nobody tells us: the browser was closed, or the event is late."""
        booked = await booking.book_session(chosen(self.sessions, session), learner)
        begun = await begin_payment(booked.booking_id, learner)
        await self.at_provider(f"v1/payment_intents/{begun.provider_id}/confirm", payment_method=card)
        if heard:
            await sync_payment(begun.id)

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        self.run(self.refusing(self._cancel(number)))

    async def _cancel(self, number: int) -> None:
        rows = await Booking.filter(status=BookingStatus.CONFIRMED).order_by("id")
        if rows:
            row = chosen(rows, number)
            learner = next(each for each in self.learners if each.user_id == row.learner_id)
            await booking.cancel_booking(row.public_id, learner)

    # --- the mentor

    @rule(session=NUMBERS)
    def call_off(self, session: int) -> None:
        self.run(self.refusing(booking.cancel_session(chosen(self.sessions, session), self.mira)))

    @rule(then=st.sampled_from(("", "earned", "paid out")))
    def hold_next(self, then: str) -> None:
        """The next lesson takes place; and nobody complains."""
        self.run(self._hold_next())
        if then:
            self.clock.advance(ISSUES)
            self.run(release_due())
        if then == "paid out":
            self.pay_out(sent=True)

    async def _hold_next(self) -> None:
        coming = Session.filter(status=SessionStatus.PUBLISHED, starts_at__gte=self.clock.now())
        session = await coming.order_by("starts_at").first()
        if session is not None:
            self.clock.set(session.starts_at)
            await booking.mark_live(session.id, self.mira.user_id)
            self.clock.set(session.ends_at)
            await booking.end_session(session.id, self.mira)

    @rule(number=NUMBERS, amount=st.sampled_from((None, 1, 33, 2500)))
    def give_back(self, number: int, amount: int | None) -> None:
        self.run(self.refusing(self._give_back(number, amount)))

    async def _give_back(self, number: int, amount: int | None) -> None:
        if rows := await Payment.filter(status__in=PAID).order_by("id"):
            await ask_refund(chosen(rows, number).public_id, self.mira, amount, "asked for")

    @rule(sent=st.booleans())
    def pay_out(self, sent: bool) -> None:
        self.run(self.refusing(request_payout(self.mira)))
        if sent:
            self.run(endings.jobs())

    # --- banks

    @rule(number=NUMBERS, heard=st.booleans())
    def dispute(self, number: int, heard: bool) -> None:
        self.run(self._dispute(number))
        if heard:
            self.run(self.refusing(self._tell_newest()))

    async def _tell_newest(self) -> None:
        if told := await self.told():
            await HANDLERS[told[0].kind](told[0])

    async def _dispute(self, number: int) -> None:
        rows = await Payment.filter(charge_id__isnull=False).order_by("id")
        if rows:
            await self.at_provider(f"_sandbox/charges/{chosen(rows, number).charge_id}/dispute")

    @rule(won=st.booleans())
    def decide(self, won: bool) -> None:
        self.run(self.refusing(self._decide(won)))

    async def _decide(self, won: bool) -> None:
        await disputes.sweep()
        found = await Dispute.filter(status=DisputeStatus.OPEN).order_by("id").first()
        if found is not None:
            path = f"_sandbox/disputes/{found.provider_id}/decide"
            await self.at_provider(path, won="true" if won else "false")

    @rule()
    def settle(self) -> None:
        """What banks do in the days after."""
        self.run(self._settle())

    async def _settle(self) -> None:
        for refund in await Refund.filter(provider_id__isnull=False):
            await self.at_provider(f"_sandbox/refunds/{refund.provider_id}/settle")
        for payout in await Payout.filter(provider_id__isnull=False).prefetch_related("account"):
            account = payout.account.provider_id or ""
            await self.at_provider(f"_sandbox/payouts/{payout.provider_id}/settle", account=account)

    # --- time, and what goes wrong

    @rule(hours=st.sampled_from((1, 12, 30, 75)))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @rule(lost=st.integers(0, 3), payout_fails=st.integers(0, 1))
    def break_network(self, lost: int, payout_fails: int) -> None:
        """Answers that are lost after the work was done: two in a row are noticed."""
        self.run(self.provider.fault(error_after_commit=2 * lost, payout_fails=payout_fails))

    @rule()
    def work(self) -> None:
        self.run(endings.jobs())

    @rule(seed=NUMBERS)
    def tell(self, seed: int) -> None:
        """Some of all events that there ever were, in any order, and again."""
        self.run(self._tell(seed))

    async def _tell(self, seed: int, most: int = 8) -> None:
        chance, told = random.Random(seed), await self.told()
        for event in chance.choices(told, k=most) if told else []:
            await self.refusing(HANDLERS[event.kind](event))

    @rule(seed=NUMBERS)
    def tell_at_once(self, seed: int) -> None:
        """Twenty, at the same time."""
        self.run(self._tell_at_once(seed))

    async def _tell_at_once(self, seed: int, most: int = 20) -> None:
        chance, told = random.Random(seed), await self.told()
        events = chance.choices(told, k=most) if told else []
        await asyncio.gather(*(self.refusing(HANDLERS[event.kind](event)) for event in events))

    async def told(self) -> list[StripeEvent]:
        return await endings.told(self.provider, self.since)

    @rule()
    def sweep(self) -> None:
        self.run(self.refusing(endings.sweeps()))

    # --- what must be so

    @invariant()
    def books_are_true(self) -> None:
        wrong = self.run(broken())
        assert not wrong, wrong

    def teardown(self) -> None:
        try:
            self.run(self._end())
        finally:
            self.run(self._close())
            self.stack.close()

    async def _end(self) -> None:
        """The provider has what the books say."""
        await endings.come_to_end(self.provider, self.since, self.clock, self._decide_next)
        wrong = await endings.wrongs(self.provider, self.currency, self.before)
        assert not wrong, wrong

    async def _decide_next(self, number: int) -> None:
        await self._decide(won=number % 2 == 0)

    async def _close(self) -> None:
        await self.http.close()
        await db.close_database()

    async def refusing(self, work: Awaitable[Any]) -> None:
        """A rule, or a provider that is away, may say no."""
        with suppress(DomainError):
            await work

    async def at_provider(self, path: str, account: str = "", **params: Any) -> None:
        """What the provider may refuse."""
        with suppress(AssertionError):
            await self.provider.call(path, account, **params)


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


def chosen(those: Sequence[T], number: int) -> T:
    return those[number % len(those)]
