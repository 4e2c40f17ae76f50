"""Legal hold: what it stops, who may, and who was first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from server.edge.access import Viewer
from server.infra.errors import Conflict, Invalid, NotFound
from server.infra.models import AuditRow, OutboxRow
from server.notifications.models import Delivery
from server.recordings.keeping import holding, removing, retention
from server.recordings.models import Recording
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.recordings.keeping.finished import Finished
from tests.server.recordings.lesson import stored_keys

DAY = timedelta(days=1)


@pytest.fixture
async def ada() -> Viewer:
    """Of the staff."""
    return await makers.person("ada", "admin")


async def delete(finished: Finished) -> tuple[int, str]:
    answer = await finished.ask(f"/api/v1/recordings/{finished.id}", method="DELETE")
    return answer.status, (await answer.json())["message"]


@BOTH
async def test_a_hold_wins_over_the_end_of_its_time(finished: Finished, ada: Viewer) -> None:
    await finished.sweep()
    await holding.hold(finished.id, ada, "Case 12")
    finished.stage.clock.advance(500 * DAY)
    await finished.sweep()
    row = await finished.row()
    assert (row.state, row.hold_reason, row.held_by_id) == ("ready", "Case 12", ada.user_id)
    assert len(await stored_keys()) == 4
    assert (await finished.shown())["held"] is True
    assert (await finished.ask(finished.film)).status == 200
    assert not await Delivery.filter(kind="recording_expiring").exists()


async def test_its_mentor_can_not_delete_it_meanwhile(finished: Finished, ada: Viewer) -> None:
    await holding.hold(finished.id, ada, "A secret case")
    status, message = await delete(finished)
    assert (status, message) == (409, removing.HELD)
    assert "secret" not in message
    assert (await finished.row()).state == "ready"
    await holding.lift(finished.id, ada, "Closed")
    assert (await delete(finished))[0] == 200


async def test_what_is_over_when_it_ends_stays_for_another_week(finished: Finished, ada: Viewer) -> None:
    await finished.sweep()
    await holding.hold(finished.id, ada, "Case 12")
    finished.stage.clock.advance(500 * DAY)
    await holding.lift(finished.id, ada, "Closed")
    await finished.sweep()
    row = await finished.row()
    assert (row.state, row.expires_at) == ("ready", finished.stage.clock.now() + 7 * DAY)
    assert (row.held_at, row.held_by_id, row.hold_reason) == (None, None, "")
    assert await Delivery.filter(kind="recording_expiring", channel="page").count() == 1
    finished.stage.clock.advance(7 * DAY)
    await finished.sweep()
    assert (await finished.row()).state == "expired"
    assert await stored_keys() == []


async def test_a_short_hold_changes_neither_end_nor_notice(finished: Finished, ada: Viewer) -> None:
    await finished.sweep()
    before = (await finished.row()).expires_at
    await holding.hold(finished.id, ada, "Case 12")
    await holding.lift(finished.id, ada, "Closed")
    assert (await finished.row()).expires_at == before
    assert await OutboxRow.filter(job=retention.NOTICE).count() == 1


async def test_each_leaves_a_row_with_its_reason(finished: Finished, ada: Viewer) -> None:
    await holding.hold(finished.id, ada, " Case 12 ")
    await holding.lift(finished.id, ada, "Closed")
    rows = await AuditRow.filter(subject="recording").order_by("id")
    assert [(row.action, row.reason, row.actor_id, row.subject_id) for row in rows] == [
        ("recording.held", "Case 12", ada.user_id, str(finished.id)),
        ("recording.released", "Closed", ada.user_id, str(finished.id)),
    ]


async def test_what_can_not_be_is_refused(finished: Finished, ada: Viewer) -> None:
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Invalid):
            await holding.hold(finished.id, ada, reason)
    with pytest.raises(Conflict, match="not held"):
        await holding.lift(finished.id, ada, "x")
    await holding.hold(finished.id, ada, "x")
    with pytest.raises(Conflict, match="already"):
        await holding.hold(finished.id, ada, "x")
    with pytest.raises(NotFound):
        await holding.hold(finished.stage.session_id, ada, "x")
    await Recording.all().update(state="expired", held_at=None)
    with pytest.raises(Conflict, match="gone"):
        await holding.hold(finished.id, ada, "x")
    assert await AuditRow.filter(subject="recording").count() == 1


async def test_the_staff_holds_and_lifts_on_a_page(finished: Finished, ada: Viewer) -> None:
    page, http = f"/dashboard/admin/recordings/{finished.id}", finished.stage.http
    headers = await makers.bearer(ada)

    async def post(**sent: str) -> int:
        answer = await http.post(f"{page}/hold", data=sent, headers=headers, allow_redirects=False)
        return answer.status

    assert await post(action="hold", reason="") == 422
    assert await post(action="burn", reason="x") == 422
    assert await post(action="hold", reason="Case 12") == 303
    assert await post(action="hold", reason="Case 12") == 409
    assert "Case 12" in await (await http.get(page, headers=headers)).text()
    listed = await http.get("/dashboard/admin/recordings?show=held&q=closures", headers=headers)
    assert str(finished.id) in await listed.text()
    own = await (await finished.ask(f"/sessions/{finished.stage.session_id}/recordings")).text()
    assert "Case 12" not in own
    assert await post(action="lift", reason="Closed") == 303
    assert (await finished.row()).held_at is None


@BOTH
@pytest.mark.parametrize("ends", ["expiry", "deletion"])
async def test_one_of_a_hold_and_an_end_at_the_same_moment_wins(
    finished: Finished, ada: Viewer, ends: str
) -> None:
    """Twenty times: a held one keeps its files, one that ended was never held, and nobody is lied to."""
    await finished.sweep()
    finished.stage.clock.advance(90 * DAY)
    fresh = {"state": "ready", "held_at": None, "hold_reason": "", "deleted_at": None}
    for turn in range(20):
        await Recording.all().update(**fresh)
        await OutboxRow.filter(job="recordings.erase").delete()
        ended, held = await asyncio.gather(
            _end(finished, ends), _late(finished, ada, turn), return_exceptions=True
        )
        row = await finished.row()
        if held is None:
            assert (row.state, row.hold_reason) == ("ready", "Case 12")
            assert ended is False or isinstance(ended, Conflict)
            assert not await OutboxRow.filter(job="recordings.erase").exists()
        else:
            assert isinstance(held, Conflict)
            assert row.held_at is None
            assert row.state in ("expired", "deleted")
            assert await OutboxRow.filter(job="recordings.erase").count() == 1


async def _end(finished: Finished, how: str) -> bool:
    if how == "expiry":
        return await retention.expire(finished.id)
    await removing.delete_recording(finished.id, finished.stage.mentor)
    return True


async def _late(finished: Finished, ada: Viewer, turns: int) -> None:
    """Each time a little later, so that every place of the other one is met."""
    await asyncio.sleep(turns / 2000)
    await holding.hold(finished.id, ada, "Case 12")
