"""Reports: what is kept, who opens it, what is decided, and that each look leaves a row."""

from __future__ import annotations

import pytest

from server.infra.errors import Conflict, Forbidden, Invalid, NotFound
from server.infra.models import AuditRow
from server.messages import reports, writing
from server.messages.models import Report
from server.messages.states import Reason, ReportStatus
from tests.databases import BOTH
from tests.server.booking.makers import mentor, person
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
    case = await reports.open_case(olga, report_id)
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
    assert (await reports.open_reports(0, 10))[1] == 1
    await reports.open_case(olga, report_id)
    with pytest.raises(Invalid):
        await reports.decide(olga, report_id, ReportStatus.UPHELD, "  ")
    await reports.decide(olga, report_id, ReportStatus.UPHELD, "Insults.")
    with pytest.raises(Conflict):
        await reports.decide(olga, report_id, ReportStatus.DISMISSED, "No.")
    actions = await AuditRow.all().order_by("id").values_list("action", flat=True)
    assert list(actions) == ["report.opened", "report.upheld"]
    assert await texts(lea, "mira") == [""]
    assert (await reports.open_reports(0, 10))[1] == 0
    assert (await reports.decided_reports(0, 10))[0][0].status == "upheld"


async def test_nobody_decides_in_their_own_matter() -> None:
    lea, olga = await person("lea"), await person("olga", "support")
    bad = await say(olga, "lea", "from the staff")
    report_id, _ = await reports.report(lea, bad.id, Reason.OTHER, "")
    with pytest.raises(Forbidden):
        await reports.open_case(olga, report_id)
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
