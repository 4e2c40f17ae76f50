"""Every raw object refuses what it is there to refuse, and nothing else, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from tortoise import fields
from tortoise.context import require_context
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from config.settings import Settings
from server.infra import audit, db
from server.infra.models import AuditRow
from server.infra.raw_objects import APPEND_ONLY, CHECKS, PARTIAL_UNIQUES
from tests.databases import BOTH, ON_POSTGRES

Values = dict[str, Any]
NOON, TODAY = datetime(2030, 1, 1, 12, tzinfo=UTC), date(2030, 1, 1)
EARLIER, YESTERDAY = NOON - timedelta(hours=1), TODAY - timedelta(days=1)
SOMEBODY = uuid4()

# for each check what is fine, and what is not
CHECKED: dict[str, tuple[list[Values], list[Values]]] = {
    "review_rating": ([{"rating": 1}, {"rating": 5}], [{"rating": 0}, {"rating": 6}]),
    "review_technical": (
        [{"technical": None}, {"technical": 1}, {"technical": 5}],
        [{"technical": 0}, {"technical": 6}],
    ),
    "inbox_numbers": (
        [{"last_seq": 0, "unread": 0}, {"last_seq": 2, "unread": 2}],
        [
            {"last_seq": -1, "unread": -1},
            {"last_seq": 2, "unread": -1},
            {"last_seq": 2, "unread": 3},
        ],
    ),
    "rhythm_quiet": (
        [{"quiet_from": None, "quiet_until": None}, {"quiet_from": 1439, "quiet_until": 0}],
        [
            {"quiet_from": None, "quiet_until": 0},
            {"quiet_from": 0, "quiet_until": None},
            {"quiet_from": 1440, "quiet_until": 0},
            {"quiet_from": 0, "quiet_until": -1},
        ],
    ),
    "conversation_numbers": ([{"last_seq": 0}], [{"last_seq": -1}]),
    "conversation_read": ([{"read_seq": 0}], [{"read_seq": -1}]),
    "report_other": ([{"reporter_id": 1, "reported_id": 2}], [{"reporter_id": 1, "reported_id": 1}]),
    "follow_other": ([{"follower_id": 1, "followed_id": 2}], [{"follower_id": 1, "followed_id": 1}]),
    "block_other": ([{"blocker_id": 1, "blocked_id": 2}], [{"blocker_id": 1, "blocked_id": 1}]),
    "mentor_rate": ([{"rate_minor": None}, {"rate_minor": 0}], [{"rate_minor": -1}]),
    "availability_weekday": ([{"weekday": 0}, {"weekday": 6}], [{"weekday": -1}, {"weekday": 7}]),
    "availability_hours": (
        [{"start_minute": 0, "end_minute": 1440}],
        [
            {"start_minute": -1, "end_minute": 5},
            {"start_minute": 5, "end_minute": 5},
            {"start_minute": 5, "end_minute": 1441},
        ],
    ),
    "override_dates": (
        [{"first_date": TODAY, "last_date": TODAY}],
        [{"first_date": TODAY, "last_date": YESTERDAY}],
    ),
    "override_hours": (
        [{"start_minute": None, "end_minute": None}, {"start_minute": 0, "end_minute": 1440}],
        [
            {"start_minute": None, "end_minute": 5},
            {"start_minute": 5, "end_minute": None},
            {"start_minute": 5, "end_minute": 5},
            {"start_minute": 5, "end_minute": 1441},
        ],
    ),
    "session_seats": (
        [{"seats_taken": 0, "capacity": 1}, {"seats_taken": 1, "capacity": 1}],
        [{"seats_taken": -1, "capacity": 1}, {"seats_taken": 2, "capacity": 1}],
    ),
    "session_price": ([{"price_minor": 0}], [{"price_minor": -1}]),
    "session_times": (
        [{"starts_at": EARLIER, "ends_at": NOON}],
        [{"starts_at": NOON, "ends_at": NOON}, {"starts_at": NOON, "ends_at": EARLIER}],
    ),
    "busy_cell_owner": (
        [{"session_id": SOMEBODY, "booking_id": None}, {"session_id": None, "booking_id": 7}],
        [{"session_id": None, "booking_id": None}, {"session_id": SOMEBODY, "booking_id": 7}],
    ),
    "booking_held": (
        [{"status": "held", "hold_expires_at": NOON}, {"status": "confirmed", "hold_expires_at": None}],
        [{"status": "held", "hold_expires_at": None}],
    ),
    "booking_refund": (
        [{"price_minor": 5, "refund_minor": None}, {"price_minor": 5, "refund_minor": 5}],
        [{"price_minor": 5, "refund_minor": 6}, {"price_minor": 5, "refund_minor": -1}],
    ),
    "series_shape": (
        [{"every_weeks": 1, "count": 2}, {"every_weeks": 4, "count": 52}],
        [
            {"every_weeks": 0, "count": 2},
            {"every_weeks": 5, "count": 2},
            {"every_weeks": 1, "count": 1},
            {"every_weeks": 1, "count": 53},
        ],
    ),
    "request_other": ([{"learner_id": 1, "mentor_id": 2}], [{"learner_id": 1, "mentor_id": 1}]),
    "request_proposed": (
        [
            {"status": "requested", "learner_id": 3, "proposed_starts_at": None},
            {"status": "proposed", "learner_id": 4, "proposed_starts_at": NOON},
        ],
        [{"status": "proposed", "learner_id": 5, "proposed_starts_at": None}],
    ),
    "reschedule_times": (
        [{"starts_at": EARLIER, "ends_at": NOON}],
        [{"starts_at": NOON, "ends_at": NOON}],
    ),
    "ledger_amount": (
        [{"amount_minor": 1, "debit_id": 1, "credit_id": 2}],
        [
            {"amount_minor": 0, "debit_id": 1, "credit_id": 2},
            {"amount_minor": 1, "debit_id": 1, "credit_id": 1},
        ],
    ),
    "payment_amount": (
        [{"amount_minor": 1, "commission_minor": 0}, {"amount_minor": 1, "commission_minor": 1}],
        [
            {"amount_minor": 0, "commission_minor": 0},
            {"amount_minor": 1, "commission_minor": -1},
            {"amount_minor": 1, "commission_minor": 2},
        ],
    ),
    "payment_given_back": (
        [
            {"amount_minor": 2, "commission_minor": 0, "refunded_minor": 0, "lost_minor": 0},
            {"amount_minor": 2, "commission_minor": 0, "refunded_minor": 1, "lost_minor": 1},
        ],
        [
            {"amount_minor": 2, "refunded_minor": -1, "lost_minor": 0},
            {"amount_minor": 2, "refunded_minor": 0, "lost_minor": -1},
            {"amount_minor": 2, "refunded_minor": 2, "lost_minor": 1},
        ],
    ),
    "refund_amount": ([{"amount_minor": 1}], [{"amount_minor": 0}]),
    "refund_shares": (
        [
            {"amount_minor": 3, "late": False, "mentor_minor": 0, "platform_minor": 0},
            {"amount_minor": 3, "late": True, "mentor_minor": 2, "platform_minor": 1},
        ],
        [
            {"amount_minor": 3, "late": True, "mentor_minor": 2, "platform_minor": 0},
            {"amount_minor": 3, "late": True, "mentor_minor": 4, "platform_minor": -1},
            {"amount_minor": 3, "late": True, "mentor_minor": -1, "platform_minor": 4},
        ],
    ),
    "dispute_amount": ([{"amount_minor": 1}], [{"amount_minor": 0}]),
    "verdict_figures": (
        [{"refund_minor": 0, "credit_minor": 0, "taught_min": 0, "due_min": 0}],
        [
            {"refund_minor": -1, "credit_minor": 0, "taught_min": 0, "due_min": 0},
            {"refund_minor": 0, "credit_minor": -1, "taught_min": 0, "due_min": 0},
            {"refund_minor": 0, "credit_minor": 0, "taught_min": 2, "due_min": 1},
        ],
    ),
    "issue_amounts": (
        [{"refund_minor": 0, "credit_minor": 0}],
        [{"refund_minor": -1, "credit_minor": 0}, {"refund_minor": 0, "credit_minor": -1}],
    ),
    "issue_decided": (
        [{"status": "open", "decided_at": None}, {"status": "decided", "decided_at": NOON}],
        [{"status": "open", "decided_at": NOON}, {"status": "decided", "decided_at": None}],
    ),
    "payout_amount": ([{"amount_minor": 1}], [{"amount_minor": 0}]),
    "transfer_amount": (
        [{"amount_minor": 1, "reversed_minor": 0}, {"amount_minor": 1, "reversed_minor": 1}],
        [
            {"amount_minor": 0, "reversed_minor": 0},
            {"amount_minor": 1, "reversed_minor": 2},
            {"amount_minor": 1, "reversed_minor": -1},
        ],
    ),
    "reversal_amount": ([{"amount_minor": 1}], [{"amount_minor": 0}]),
    "material_phase": (
        [{"phase": "before", "size": 0}, {"phase": "after", "size": 1}],
        [{"phase": "never", "size": 0}, {"phase": "before", "size": -1}],
    ),
    "attendance_order": (
        [{"started_at": NOON, "ended_at": None}, {"started_at": NOON, "ended_at": NOON}],
        [{"started_at": NOON, "ended_at": EARLIER}],
    ),
    "room_recording": (
        [{"recording_id": None, "origin_at": None}, {"recording_id": SOMEBODY, "origin_at": NOON}],
        [{"recording_id": SOMEBODY, "origin_at": None}, {"recording_id": None, "origin_at": NOON}],
    ),
    "segment_stored": (
        [{"state": "ready", "storage_key": "a"}, {"state": "open", "storage_key": ""}],
        [{"state": "ready", "storage_key": ""}],
    ),
    "segment_size": (
        [{"size": 0, "duration_ms": 0}],
        [{"size": -1, "duration_ms": 0}, {"size": 0, "duration_ms": -1}],
    ),
}
# for each partial index what it counts, and what it does not
COUNTED: dict[str, tuple[list[Values], list[Values]]] = {
    "mentor_revision_open": ([{"status": "submitted"}], [{"status": "approved"}]),
    "assessment_open": ([{"finished_at": None}], [{"finished_at": NOON}]),
    "booking_active": ([{"status": "held"}, {"status": "confirmed"}], [{"status": "cancelled"}]),
    "waitlist_once": ([{"status": "waiting"}, {"status": "offered"}], [{"status": "left"}]),
    "reschedule_open": ([{"status": "open"}], [{"status": "applied"}]),
    "request_open": (
        [{"status": "requested"}, {"status": "proposed", "proposed_starts_at": NOON}],
        [{"status": "declined"}],
    ),
    "attendance_open": ([{"ended_at": None}], [{"ended_at": NOON}]),
    "dispute_open": ([{"status": "open"}], [{"status": "won"}]),
    "issue_open": (
        [{"status": "open", "decided_at": None}],
        [{"status": "decided", "decided_at": NOON}],
    ),
}
WITHOUT_REFERENCES = {
    "sqlite": "PRAGMA foreign_keys = OFF",
    "postgres": """DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database());
        END $$""",
}

_numbers = count(1)


@pytest.fixture
async def lonely(database: Settings) -> None:
    """Rows may name what is not there, so that one table can be filled alone."""
    await db.connection().execute_script(WITHOUT_REFERENCES[db.dialect()])
    if db.dialect() == "postgres":  # it counts for new connections
        await db.close_database()
        await db.open_database(database)


def model_of(table: str) -> type[Model]:
    apps = require_context().apps
    assert apps is not None
    return next(model for model in apps["models"].values() if model._meta.db_table == table)


def filled(table: str, **values: Any) -> Values:
    """A row with something in every column, and these values."""
    meta = model_of(table)._meta
    row = {
        column: _something(meta.fields_map[name])
        for name, column in meta.fields_db_projection.items()
        if not meta.fields_map[name].generated
    }
    assert values.keys() <= row.keys(), values.keys() - row.keys()
    return {**row, **values}


def _something(field: fields.Field[Any]) -> Any:
    """A value that fits, new each time."""
    number = next(_numbers)
    if field.null:
        return None
    if isinstance(field, fields.JSONField):
        return "{}"
    if isinstance(field, fields.CharField):
        return str(number)[-field.max_length :]
    by_type = {str: str(number), int: number, bool: False, datetime: NOON, date: TODAY}
    return by_type.get(field.field_type) if field.field_type in by_type else uuid4()


async def insert(table: str, row: Values) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    await db.execute(
        f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(row))})', list(row.values())
    )


async def change(table: str, values: Values) -> None:
    """Every row of the table."""
    columns = ", ".join(f'"{name}" = ?' for name in values)
    await db.execute(f'UPDATE "{table}" SET {columns}', list(values.values()))


@BOTH
async def test_checks_refuse_rows_that_break_them(lonely: None) -> None:
    for check in CHECKS:
        fine, broken = CHECKED[check.name]
        others = fine_for(check.table)
        for values in broken:
            with pytest.raises(IntegrityError, match=check.name):
                await insert(check.table, filled(check.table, **{**others, **values}))
        for values in fine:
            await insert(check.table, filled(check.table, **{**others, **values}))
        if check.table in APPEND_ONLY:
            continue  # nothing is ever changed there
        for values in broken:
            with pytest.raises(IntegrityError, match=check.name):
                await change(check.table, values)
        await db.execute(f'DELETE FROM "{check.table}"')


@BOTH
async def test_partial_indexes_refuse_a_second_row_that_they_count(lonely: None) -> None:
    for index in PARTIAL_UNIQUES:
        counts, passed_over = COUNTED[index.name]
        keys = {key: value for key, value in filled(index.table).items() if key in index.columns}
        known = {**fine_for(index.table), **keys}
        for values in [*passed_over, *passed_over, counts[0]]:
            await insert(index.table, filled(index.table, **{**known, **values}))
        for values in counts:
            with pytest.raises(IntegrityError):
                await insert(index.table, filled(index.table, **{**known, **values}))


@BOTH
async def test_rows_that_are_written_once_are_neither_changed_nor_deleted(database: Settings) -> None:
    assert "audit_log" in APPEND_ONLY
    await audit.record(7, "user.suspended", "user", 8, detail={"to": "suspended"}, reason="spam")
    for statement in ("UPDATE audit_log SET reason = ''", "DELETE FROM audit_log"):
        with pytest.raises(IntegrityError, match="audit_log is append-only"):
            await db.execute(statement, [])
    (row,) = await AuditRow.all()
    assert (row.actor_id, row.subject_id, row.detail) == (7, "8", {"to": "suspended"})


@ON_POSTGRES
async def test_rows_that_are_written_once_are_not_truncated(database: Settings) -> None:
    with pytest.raises(IntegrityError, match="audit_log is append-only"):
        await db.execute("TRUNCATE audit_log", [])


def fine_for(table: str) -> Values:
    """What satisfies all checks of a table."""
    found: Values = {}
    for check in CHECKS:
        if check.table == table:
            found |= CHECKED[check.name][0][0]
    return found


def test_every_raw_object_has_its_examples() -> None:
    assert CHECKED.keys() == {check.name for check in CHECKS}
    assert COUNTED.keys() == {index.name for index in PARTIAL_UNIQUES}
