"""Everything that may happen to the money of one mentor's lessons, in any order: booked, paid by card or
credit, settled by who was there, objected to, given back here or by hand, disputed, released, paid out
and compared, with answers that are lost or never come and events told in any order and again and again.
After each step the books are asked whether they are true."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from server.booking import service as booking
from server.booking.models import Booking, Session
from server.booking.states import BookingStatus, SessionStatus
from server.edge.access import Viewer
from server.payments.books.invariants import broken
from server.payments.books.reconciling import reconcile
from server.payments.checkout.beginning import begin_payment
from server.payments.checkout.crediting import credit_of, pay_by_credit
from server.payments.checkout.syncing import sync_payment
from server.payments.disputes import told as disputes
from server.payments.models import Dispute, Payment, Payout, Refund
from server.payments.payouts.requesting import request_payout
from server.payments.refunds.asking import ask_refund
from server.payments.release.releasing import release_due
from server.payments.release.rule import ISSUES
from server.payments.states import PAID, DisputeStatus
from server.payments.webhook.handlers import HANDLERS
from server.settlement.deciding import decide, take
from server.settlement.forms import DecisionForm
from server.settlement.models import Issue
from server.settlement.opening import raise_issue
from server.settlement.settling import LATE, settle_late
from server.settlement.states import Category, IssueStatus, Resolution
from tests.server.payments import endings
from tests.server.payments.stage import Stage
from tests.server.settlement.lessons import ALL, Minutes, failed, was_there

T = TypeVar("T")
CARDS = ("pm_card_visa", "pm_card_mastercard", "pm_card_refundFail", "pm_card_pendingRefund")
NUMBERS = st.integers(0, 1000)  # which of those that are there
NEVER = range(0)
# How a lesson went: the minutes of mentor and learners, and those in which the node failed everybody.
WENT: dict[str, tuple[Minutes | None, Minutes | None, range]] = {
    "well": (ALL, ALL, NEVER),
    "mentor left": ((0, 20), ALL, NEVER),
    "mentor never there": (None, ALL, NEVER),
    "nobody there": (None, None, NEVER),
    "learners never there": (ALL, None, NEVER),
    "node failed": (ALL, ALL, range(10, 25)),
    "node failed, mentor left": ((0, 40), ALL, range(5, 12)),
    "node failed for good": (ALL, ALL, range(60)),
    "unclear": (ALL, ALL, NEVER),
}


class History(Stage):
    """One story."""

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

    @rule(learner=NUMBERS, session=NUMBERS)
    def pay_with_credit(self, learner: int, session: int) -> None:
        """Where somebody has some."""
        self.run(self.refusing(self._pay_with_credit(learner, session)))

    async def _pay_with_credit(self, learner: int, session: int) -> None:
        rich = [each for each in self.learners if await credit_of(each.user_id, self.currency)]
        if rich:
            payer = chosen(rich, learner)
            booked = await booking.book_session(chosen(self.sessions, session), payer)
            await pay_by_credit(booked.booking_id, payer)

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

    @rule(then=st.sampled_from(("", "earned", "paid out")), went=st.sampled_from(tuple(WENT)))
    def hold_next(self, then: str, went: str) -> None:
        """The next lesson is over; and nobody complains."""
        self.run(self._hold_next(went))
        if then:
            self.run(settle_late())
            self.run(self.pass_time(self.clock.now() + ISSUES))
            self.run(release_due())
        if then == "paid out":
            self.pay_out(sent="sent")

    async def _hold_next(self, went: str) -> None:
        coming = Session.filter(status=SessionStatus.PUBLISHED, starts_at__gte=self.clock.now())
        session = await coming.order_by("starts_at").first()
        if session is not None:
            await self.pass_time(session.starts_at)
            await booking.mark_live(session.id, self.mira.user_id)
            await self._attend(session, went)
            await self.pass_time(session.ends_at)
            await booking.end_session(session.id, self.mira)
            await self.pass_time(self.clock.now() + LATE)

    async def _attend(self, session: Session, went: str) -> None:
        mentor, learner, node = WENT[went]
        taken = await Booking.filter(session_id=session.id, status=BookingStatus.CONFIRMED)
        ids = {each.learner_id for each in taken}
        came = [(each, learner) for each in self.learners if each.user_id in ids]
        for who, minutes in [(self.mira, mentor), *came]:
            if minutes is not None:
                await was_there(session.id, who, minutes, media=went != "unclear")
            await failed(session.id, who, "node", node)

    # --- objections

    @rule(number=NUMBERS, by_mentor=st.booleans())
    def raise_issue(self, number: int, by_mentor: bool) -> None:
        self.run(self.refusing(self._raise_issue(number, by_mentor)))

    async def _raise_issue(self, number: int, by_mentor: bool) -> None:
        if rows := await Booking.filter(session__status=SessionStatus.ENDED).order_by("id"):
            row = chosen(rows, number)
            learner = next(each for each in self.learners if each.user_id == row.learner_id)
            who = self.mira if by_mentor else learner
            await raise_issue(row.public_id, who, Category.OTHER, "It was not as it should be.")

    @rule(
        number=NUMBERS,
        resolution=st.sampled_from(tuple(Resolution)),
        amount=st.sampled_from((None, 1, 33, 2500)),
        twice=st.booleans(),
    )
    def decide_issue(self, number: int, resolution: Resolution, amount: int | None, twice: bool) -> None:
        for _ in range(1 + twice):
            self.run(self.refusing(self._decide_issue(number, resolution, amount)))

    async def _decide_issue(self, number: int, resolution: Resolution, amount: int | None) -> None:
        if rows := await Issue.filter(status=IssueStatus.OPEN).order_by("id"):
            issue_id = chosen(rows, number).public_id
            said = DecisionForm(resolution=resolution, amount_minor=amount, answer="We looked at it.")
            await take(issue_id, self.staff)
            await decide(issue_id, self.staff, said)

    @rule(number=NUMBERS, amount=st.sampled_from((None, 1, 33, 2500)), lost=st.booleans())
    def give_back(self, number: int, amount: int | None, lost: bool) -> None:
        self.run(self.refusing(self._give_back(number, amount)))
        if lost:
            self.work_unanswered(a_day=True)

    async def _give_back(self, number: int, amount: int | None) -> None:
        if rows := await Payment.filter(status__in=PAID).order_by("id"):
            await ask_refund(chosen(rows, number).public_id, self.mira, amount, "asked for")

    @rule(sent=st.sampled_from(("", "sent", "lost")))
    def pay_out(self, sent: str) -> None:
        self.run(self.refusing(request_payout(self.mira)))
        if sent == "sent":
            self.run(endings.jobs())
        elif sent == "lost":
            self.work_unanswered(a_day=True)

    # --- at the provider's own pages

    @rule(number=NUMBERS, amount=st.sampled_from((None, 1, 33, 2500)), heard=st.booleans())
    def give_back_by_hand(self, number: int, amount: int | None, heard: bool) -> None:
        self.run(self._give_back_by_hand(number, amount))
        if heard:
            self.run(self.refusing(self._tell_newest()))

    async def _give_back_by_hand(self, number: int, amount: int | None) -> None:
        if rows := await Payment.filter(provider_id__isnull=False).order_by("id"):
            asked = {"payment_intent": chosen(rows, number).provider_id}
            await self.at_provider("v1/refunds", **asked, **({"amount": amount} if amount else {}))

    @rule(amount=st.sampled_from((51, 200)))
    def pay_out_to_our_own_bank(self, amount: int) -> None:
        self.run(self.at_provider("v1/payouts", amount=amount, currency=self.currency.lower()))

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
        self.run(self.pass_time(self.clock.now() + timedelta(hours=hours)))

    @rule(lost=st.integers(0, 3), payout_fails=st.integers(0, 1))
    def break_network(self, lost: int, payout_fails: int) -> None:
        """Answers that are lost after the work was done: two in a row are noticed."""
        self.run(self.provider.fault(error_after_commit=2 * lost, payout_fails=payout_fails))

    @rule()
    def work(self) -> None:
        self.run(endings.jobs())

    @rule(a_day=st.booleans())
    def work_unanswered(self, a_day: bool) -> None:
        """What is tried again after `a_day` is asked for under keys that the provider forgot."""
        self.run(self.unanswered(endings.jobs()))
        if a_day:
            self.run(self.pass_time(self.clock.now() + timedelta(hours=25)))
            self.run(endings.jobs())

    @rule()
    def compare(self) -> None:
        """What was not heard of yet may differ."""
        self.run(self.refusing(reconcile()))

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
            self.run(self.close())
            self.stack.close()

    async def _end(self) -> None:
        """The provider has what the books say."""
        await endings.come_to_end(self.provider, self.since, self.clock, self._decide_next)
        wrong = await endings.wrongs(self.provider, self.currency)
        assert not wrong, wrong

    async def _decide_next(self, number: int) -> None:
        await self._decide(won=number % 2 == 0)
        await self.refusing(self._decide_issue(number, Resolution.NONE, None))


def chosen(those: Sequence[T], number: int) -> T:
    return those[number % len(those)]
