"""The page of a mentor's earnings, and statements that end where the books do."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import Login
from server.edge.access import Viewer
from server.infra.clock import now
from server.payments.models import Payout
from server.payments.payouts.paper import Sheet, print_statement
from server.payments.payouts.statements import Line, Statement
from tests.databases import BOTH
from tests.server.booking.makers import cookie, mentor, person
from tests.server.payments.makers import earned, on_account, paid_out, payee
from tests.server.payments.provider import Provider

PAGE = "/dashboard/mentor/earnings"
AT = datetime(2030, 5, 3, 12, tzinfo=UTC)


async def browser(mira: Viewer, *, proven: bool = True) -> dict[str, str]:
    """Headers of a login that gave both factors just now."""
    headers = await cookie(mira)
    await Login.filter(user_id=mira.user_id).update(second_factor=proven, confirmed_at=now())
    return headers


async def shown(http: TestClient, headers: dict[str, str], query: str = "") -> str:
    async with http.get(f"{PAGE}{query}", headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def sent(http: TestClient, headers: dict[str, str], path: str, **form: str) -> tuple[int, str, str]:
    """Status, where it leads, and the page."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', await shown(http, headers))
    assert token is not None
    data = {"csrf_token": token[1], **form}
    url = f"{PAGE}{path}"
    async with http.post(url, headers=headers, data=data, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


def text_of(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


# --- the page


async def test_page_leads_a_new_mentor_one_step_after_the_other(
    http: TestClient, provider: Provider
) -> None:
    mira = await mentor("mira")
    headers = await browser(mira)
    page = await shown(http, headers)
    assert "Tell us where to pay you" in page and "Nothing earned yet" in page
    async with http.get(f"{PAGE}/account", headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303
        url = answer.headers["Location"]
    assert url.startswith(provider.base)
    assert "a bank account" in await shown(http, headers)
    await provider.complete(url)
    assert "Nothing to pay out now" in await shown(http, headers, "?account=back")
    assert "No payouts yet" in await shown(http, headers, "?tab=payouts")
    assert "No statements yet" in await shown(http, headers, "?tab=statements")


async def test_payout_is_asked_for_on_the_page(http: TestClient, provider: Provider) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    headers = await browser(mira)
    assert 'value="42.50"' in await shown(http, headers)
    for amount, words in (("x", "Write the amount"), ("50", "At most €42.50"), ("0.5", "least is €1.00")):
        status, _, page = await sent(http, headers, "/payouts", amount=amount, currency="EUR")
        assert status == 422 and words in page and f'value="{amount}"' in page
    status, to, _ = await sent(http, headers, "/payouts", amount="40,00", currency="EUR")
    assert (status, to) == (303, f"{PAGE}?tab=payouts&done=asked")
    assert "€40.00" in await shown(http, headers, "?tab=payouts&done=asked")
    status, _, page = await sent(http, headers, "/payouts", amount="2", currency="EUR")
    assert status == 409 and "still being sent" in page
    await Payout.all().update(status="failed")
    payout = await Payout.get()
    assert "Your last payout failed" in await shown(http, headers)
    status, to, _ = await sent(http, headers, f"/payouts/{payout.public_id}", do="again")
    assert (status, to) == (303, f"{PAGE}?tab=payouts&done=again")


async def test_money_moves_for_who_proves_themselves_twice_and_lately(
    http: TestClient, provider: Provider
) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea)
    headers = await browser(mira, proven=False)
    assert "Set up a second factor" in await shown(http, headers)
    status, to, _ = await sent(http, headers, "/payouts", amount="40")
    assert status == 303 and to.startswith("/profile/edit/security")
    await Login.all().update(second_factor=True, confirmed_at=now() - timedelta(minutes=11))
    assert "Confirm that it is you" in await shown(http, headers)
    status, to, _ = await sent(http, headers, "/payouts", amount="40")
    assert status == 303 and to.startswith("/auth/confirm")
    assert not await Payout.exists()


async def test_long_list_has_pages_and_filters(http: TestClient) -> None:
    mira, lea = await mentor("mira"), await person("lea")
    for number in range(17):
        await earned(mira, lea, title=f"Lesson {number}")
    headers = await browser(mira)
    page = await shown(http, headers)
    assert page.count("/bookings") == 15 and "Page 1 of 2" in page
    assert (await shown(http, headers, "?page=2")).count("/bookings") == 2
    assert "Nothing is like that" in await shown(http, headers, "?state=given_back")
    assert "One filter was left out" in await shown(http, headers, "?from=soon")


# --- statements


@BOTH
async def test_statement_ends_where_the_books_do(http: TestClient, provider: Provider) -> None:
    mira, lea = await mentor("mira"), await person("lea")
    first = await earned(mira, lea, 5000, title="=Formulas")
    await paid_out(first)
    await earned(mira, lea, 1999)
    headers = await browser(mira)
    month = f"?month={now():%Y-%m}&currency=EUR"
    async with http.get(f"{PAGE}/statement.csv{month}", headers=headers) as answer:
        rows = list(csv.DictReader(io.StringIO(await answer.text())))
    assert [row["amount"] for row in rows] == ["", "42.50", "-42.50", "16.99", ""]
    assert (rows[0]["balance"], rows[-1]["balance"]) == ("0.00", "16.99")
    assert rows[1]["lesson"] == "'=Formulas"
    assert await on_account(mira) == 1699
    async with http.get(f"{PAGE}/statement.pdf{month}", headers=headers) as answer:
        assert answer.content_type == "application/pdf"
        words = text_of(await answer.read())
    assert "Closing balance" in words and "€16.99" in words
    assert f"{now():%Y-%m}-EUR" in name_in(answer.headers["Content-Disposition"])
    for wrong in ("?month=2030-13", "?month=soon"):
        async with http.get(f"{PAGE}/statement.pdf{wrong}", headers=headers) as answer:
            assert answer.status == 404


def name_in(header: str) -> str:
    return header.partition("statement-")[2]


@pytest.mark.parametrize(
    ("currency", "minor", "words"), [("JPY", 4250, "4,250"), ("KWD", 4250, "4.250"), ("EUR", 0, "€0.00")]
)
def test_statement_is_printed_in_every_currency(currency: str, minor: int, words: str) -> None:
    line = Line(AT, "Lesson settled", "日本語", minor, minor)
    statement = Statement(currency, date(2030, 5, 1), "UTC", 0, (line,) * 40)
    sheet = Sheet(statement, "名前", "mira", "http://127.0.0.1/x", AT)
    pdf = print_statement(sheet)
    assert pdf == print_statement(sheet)
    found = text_of(pdf)
    assert words in found and "mira" in found and "page 3 of 3" in found


def test_month_in_which_nothing_moved_says_so() -> None:
    empty = Statement("EUR", date(2030, 5, 1), "UTC", 850, ())
    assert "Nothing moved" in text_of(print_statement(Sheet(empty, "Mira", "mira", "http://x", AT)))
