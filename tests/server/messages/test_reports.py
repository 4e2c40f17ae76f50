"""Reports: what is kept, who opens it, what is decided, and that each look leaves a row."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient

from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.models import AuditRow
from server.messages import cases, reports, writing
from server.messages.models import Report
from server.messages.states import Reason, ReportStatus
from server.people.circle import block
from server.people.profiles import write_about
from tests.databases import BOTH
from tests.server.booking.makers import cookie, mentor, person
from tests.server.booking.test_pages import get, post
from tests.server.messages.makers import say, texts

pytestmark = pytest.mark.usefixtures("database")


@BOTH
async def test_report_keeps_what_was_seen_though_it_is_taken_back() -> None:
    lea, mira, olga = await person("lea"), await mentor(), await person("olga", "support")
    for number in range(6):
        await say(lea, "mira", f"before {number}")
    bad = await say(mira, "lea", "something bad")
    report_id, status = await reports.report(lea, bad.id, Reason.HARASSMENT, "It hurts.")
    assert (await reports.report(lea, bad.id, Reason.SPAM, "again")) == (report_id, status)
    await writing.remove(mira, bad.id)
    case = await cases.open_case(olga, report_id)
    kept = [(each["text"], each["reported"]) for each in case.evidence]
    assert kept == [
        ("before 3", False),
        ("before 4", False),
        ("before 5", False),
        ("something bad", True),
    ]
    assert (case.row.reporter, case.row.reported, case.text) == ("lea", "mira", "It hurts.")


@BOTH
async def test_looking_and_deciding_leave_rows_and_an_upheld_report_takes_the_message_away() -> None:
    lea, mira, olga = await person("lea"), await mentor(), await person("olga", "support")
    bad = await say(mira, "lea", "something bad")
    report_id, _ = await reports.report(lea, bad.id, Reason.OTHER, "")
    assert (await cases.open_reports(0, 10))[1] == 1
    await cases.open_case(olga, report_id)
    with pytest.raises(Invalid):
        await cases.decide(olga, report_id, ReportStatus.UPHELD, "  ")
    await cases.decide(olga, report_id, ReportStatus.UPHELD, "Insults.")
    with pytest.raises(Conflict):
        await cases.decide(olga, report_id, ReportStatus.DISMISSED, "No.")
    actions = await AuditRow.all().order_by("id").values_list("action", flat=True)
    assert list(actions) == ["report.opened", "report.upheld"]
    assert await texts(lea, "mira") == [""]
    assert (await cases.open_reports(0, 10))[1] == 0
    assert (await cases.decided_reports(0, 10))[0][0].status == "upheld"


@BOTH
async def test_report_of_a_person_keeps_what_their_page_said_and_takes_nothing_away() -> None:
    lea, mira, olga = await person("lea"), await mentor(), await person("olga", "support")
    await write_about(mira.user_id, "Pay me in advance.")
    report_id, status = await reports.report_person(lea, "Mira", Reason.OUTSIDE, " She insists. ")
    again = await reports.report_person(lea, "mira", Reason.SPAM, "")
    assert again == (report_id, status) == (report_id, "open")
    await write_about(mira.user_id, "")
    ((row,), total) = await cases.open_reports(0, 10)
    assert (total, row.subject, row.reported, row.reported_id) == (1, "person", "mira", mira.public_id)
    case = await cases.open_case(olga, report_id)
    assert case.profile is not None
    assert (case.profile["about"], case.text, case.evidence) == ("Pay me in advance.", "She insists.", [])
    await cases.decide(olga, report_id, ReportStatus.UPHELD, "Warned.")
    actions = await AuditRow.all().order_by("id").values_list("action", flat=True)
    assert list(actions) == ["report.opened", "report.upheld"]
    assert (await reports.report_person(lea, "mira", Reason.OTHER, "Again."))[0] != report_id


async def test_oneself_and_who_is_not_there_cant_be_reported() -> None:
    lea, mira = await person("lea"), await mentor()
    with pytest.raises(Conflict):
        await reports.report_person(lea, "lea", Reason.OTHER, "")
    with pytest.raises(NotFound):
        await reports.report_person(lea, "nobody", Reason.OTHER, "")
    await block(mira, "lea")
    with pytest.raises(NotFound):
        await reports.report_person(lea, "mira", Reason.OTHER, "")
    assert not await Report.exists()


async def test_page_asks_why_keeps_what_was_typed_and_says_thanks(http: TestClient) -> None:
    lea, _ = await person("lea"), await mentor()
    headers, here = await cookie(lea), "/profile/mira/report"
    said = ("text", "They wrote <to> me.")
    status, page = await post(http, here, headers, [said, ("reason", "nonsense")])
    assert status == 422
    assert "They wrote &lt;to&gt; me." in page
    status, there = await post(http, here, headers, [said, ("reason", "spam")])
    assert (status, there) == (303, f"{here}?done=reported")
    assert "We look at it" in (await get(http, there, headers))[1]
    assert (await Report.get()).text == "They wrote <to> me."


async def test_nobody_decides_in_their_own_matter() -> None:
    lea, olga = await person("lea"), await person("olga", "support")
    bad = await say(olga, "lea", "from the staff")
    report_id, _ = await reports.report(lea, bad.id, Reason.OTHER, "")
    with pytest.raises(Forbidden):
        await cases.open_case(olga, report_id)
    assert await AuditRow.all().count() == 0


async def test_own_and_unseen_messages_cant_be_reported() -> None:
    lea, mira, eve = await person("lea"), await mentor(), await person("eve")
    line = await say(lea, "mira")
    with pytest.raises(Conflict):
        await reports.report(lea, line.id, Reason.OTHER, "")
    with pytest.raises(NotFound):
        await reports.report(eve, line.id, Reason.OTHER, "")
    await reports.report(mira, line.id, Reason.OTHER, "")
    assert await Report.all().count() == 1
