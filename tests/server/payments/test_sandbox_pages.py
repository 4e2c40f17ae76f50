"""The sandbox's own pages: where a mentor completes an account, and where a developer plays the banks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from server.payments.sandbox import connect, http, intents, refunds
from server.payments.sandbox.bank import Bank
from server.payments.sandbox.store import Object, Store

SECRET_KEY, PUBLISHABLE_KEY = "sk_test_1", "pk_test_1"
BACK, AGAIN = "http://127.0.0.1:8000/back", "http://127.0.0.1:8000/again"


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Visit:
    """Somebody at the sandbox's pages, and the bank behind them."""

    def __init__(self, bank: Bank, clock: Clock, client: TestClient[Any, Any]) -> None:
        self.bank, self.clock, self.client = bank, clock, client
        self.origin = str(client.make_url("")).rstrip("/")

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """The status, and the text or where it leads."""
        async with self.client.get(path, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    async def send(self, path: str, origin: str | None = "", **form: str) -> tuple[int, str]:
        """A form, from our page or from that of `origin`."""
        sender = self.origin if origin == "" else origin
        headers = {"Origin": sender} if sender else {}
        async with self.client.post(path, data=form, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    def paid(self, card: str = "pm_card_visa") -> Object:
        form = {"amount": "5000", "currency": "eur", "confirm": "true", "payment_method": card}
        return intents.create(self.bank, form)

    def link(self) -> tuple[str, str]:
        """An account, and the path of the page that completes it."""
        account = connect.create_account(self.bank, {"email": "<mira@example.org>"})
        urls = {"account": account["id"], "return_url": BACK, "refresh_url": AGAIN}
        return account["id"], connect.create_link(self.bank, urls, "")["url"]

    def enabled(self, account: str) -> bool:
        return bool(self.bank.find("account", account)["payouts_enabled"])


@pytest_asyncio.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    store, clock = Store(tmp_path / "sandbox.sqlite3"), Clock()
    bank = Bank(store, clock)
    application = http.build(bank, SECRET_KEY, PUBLISHABLE_KEY)
    async with TestClient(TestServer(application, host="127.0.0.1")) as client:
        yield Visit(bank, clock, client)
    store.close()


# --- onboarding


async def test_mentor_completes_an_account_and_goes_back(visit: Visit) -> None:
    account, path = visit.link()
    status, text = await visit.get(path)
    assert status == 200
    assert "&lt;mira@example.org&gt;" in text
    assert await visit.send(path, choice="complete") == (303, BACK)
    assert visit.enabled(account)
    assert visit.bank.store.latest("event", 1)[0]["type"] == "account.updated"


async def test_mentor_may_leave_it_unfinished(visit: Visit) -> None:
    account, path = visit.link()
    assert await visit.send(path, choice="later") == (303, BACK)
    assert not visit.enabled(account)
    assert (await visit.get(path))[0] == 200


async def test_used_or_old_link_leads_to_where_there_is_another(visit: Visit) -> None:
    account, path = visit.link()
    visit.clock.now += connect.LINK_S + 1
    assert await visit.get(path) == (303, AGAIN)
    assert await visit.send(path, choice="complete") == (303, AGAIN)
    assert not visit.enabled(account)
    _, path = visit.link()
    await visit.send(path, choice="complete")
    assert await visit.get(path) == (303, AGAIN)


async def test_complete_account_has_nothing_to_fill_in(visit: Visit) -> None:
    account, first = visit.link()
    await visit.send(first, choice="complete")
    urls = {"account": account, "return_url": BACK, "refresh_url": AGAIN}
    _, text = await visit.get(connect.create_link(visit.bank, urls, "")["url"])
    assert "This account is complete" in text


async def test_unknown_link_says_so(visit: Visit) -> None:
    status, text = await visit.get("/connect/link_none")
    assert (status, "unknown here" in text) == (404, True)


# --- the desk


async def test_desk_is_there_before_anything_happened(visit: Visit) -> None:
    status, text = await visit.get("/")
    assert status == 200
    assert text.count('class="nothing"') == 6


async def test_desk_shows_everything_and_its_words_are_no_markup(visit: Visit) -> None:
    account, path = visit.link()
    await visit.send(path, choice="complete")
    charge = visit.paid()["latest_charge"]
    sent = {"amount": "3000", "currency": "eur"}
    connect.transfer(visit.bank, {**sent, "destination": account, "source_transaction": charge})
    connect.payout(visit.bank, sent, account)
    waits = visit.paid("pm_card_pendingRefund")
    refunds.create(visit.bank, {"payment_intent": waits["id"], "amount": "1200"})
    _, text = await visit.get("/")
    shown = re.findall(r"([\d.,]+ EUR)", text)
    assert {"50.00 EUR", "30.00 EUR", "12.00 EUR"} <= set(shown)
    assert "&lt;mira@example.org&gt;" in text
    assert 'class="nothing"' in text  # no dispute yet


async def test_banks_do_what_the_desk_says(visit: Visit) -> None:
    charge = visit.paid()["latest_charge"]
    assert await visit.send("/desk/dispute", id=charge) == (303, "/")
    (dispute,) = visit.bank.store.latest("dispute", 2)
    await visit.send("/desk/dispute-lost", id=dispute["id"])
    assert visit.bank.find("dispute", dispute["id"])["status"] == "lost"
    waits = visit.paid("pm_card_pendingRefund")
    refund = refunds.create(visit.bank, {"payment_intent": waits["id"]})
    await visit.send("/desk/refund", id=refund["id"])
    assert visit.bank.find("refund", refund["id"])["status"] == "succeeded"


@pytest.mark.parametrize(("act", "status"), [("payout", "paid"), ("payout-refused", "failed")])
async def test_payout_arrives_or_is_refused(visit: Visit, act: str, status: str) -> None:
    account, path = visit.link()
    await visit.send(path, choice="complete")
    sent = {"amount": "3000", "currency": "eur"}
    source = visit.paid()["latest_charge"]
    connect.transfer(visit.bank, {**sent, "destination": account, "source_transaction": source})
    payout = connect.payout(visit.bank, sent, account)
    assert await visit.send(f"/desk/{act}", id=payout["id"]) == (303, "/")
    assert visit.bank.find("payout", payout["id"], account)["status"] == status


async def test_event_is_sent_again(visit: Visit) -> None:
    visit.paid()
    event = visit.bank.store.latest("event", 1)[0]["id"]
    before = len(visit.bank.store.deliveries())
    await visit.send("/desk/event", id=event)
    assert len(visit.bank.store.deliveries()) == before + 1


async def test_mistakes_are_set_and_counted(visit: Visit) -> None:
    assert (await visit.send("/desk/faults", drop="2", delay_s="2.5"))[0] == 303
    assert (visit.bank.faults.drop, visit.bank.faults.delay_s) == (2, 2.5)
    status, text = await visit.send("/desk/faults", drop="many")
    assert (status, "give numbers" in text) == (400, True)


async def test_refused_act_says_why(visit: Visit) -> None:
    status, text = await visit.send("/desk/refund", id="re_none")
    assert (status, "No such refund" in text) == (400, True)
    assert (await visit.send("/desk/burn"))[0] == 404


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", None])
async def test_pages_of_others_press_nothing(visit: Visit, origin: str | None) -> None:
    account, path = visit.link()
    for target in ("/desk/faults", path):
        status, _ = await visit.send(target, origin, drop="1", choice="complete")
        assert status == 403
    assert not visit.enabled(account)
    assert visit.bank.faults.drop == 0


async def test_name_of_another_that_leads_here_shows_nothing(visit: Visit) -> None:
    """Names can be pointed at 127.0.0.1 after their page was loaded."""
    for path in ("/", visit.link()[1]):
        status, text = await visit.get(path, Host="evil.example")
        assert (status, "Not from here" in text) == (403, True)
