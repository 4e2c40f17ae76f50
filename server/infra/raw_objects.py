"""Database objects that the migration tool can't keep: partial unique indexes, checks, triggers.

Tortoise drops conditional unique constraints and checks from generated tables, and on SQLite it loses
raw indexes and triggers whenever it rebuilds a table. So they are listed here once, applied again after
every migration, and a test introspects them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartialUnique:
    """`CREATE UNIQUE INDEX name ON table (columns) WHERE condition`."""

    name: str
    table: str
    columns: tuple[str, ...]
    condition: str


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that holds for every row. `condition` names columns as `{row}column`."""

    name: str
    table: str
    condition: str


PARTIAL_UNIQUES: tuple[PartialUnique, ...] = (
    # --- people
    PartialUnique("mentor_revision_open", "mentor_revision", ("user_id",), "status = 'submitted'"),
    # --- booking
    PartialUnique(
        "booking_active", "booking", ("session_id", "learner_id"), "status IN ('held', 'confirmed')"
    ),
    # --- classroom
    PartialUnique(
        "attendance_open",
        "attendance_interval",
        ("session_id", "user_id", "kind"),
        "ended_at IS NULL",
    ),
    # --- recordings
)

CHECKS: tuple[Check, ...] = (
    # --- people
    Check("follow_other", "follow", "{row}follower_id <> {row}followed_id"),
    Check("block_other", "block", "{row}blocker_id <> {row}blocked_id"),
    Check("mentor_rate", "mentor_profile", "{row}rate_minor IS NULL OR {row}rate_minor >= 0"),
    Check("availability_weekday", "availability_rule", "{row}weekday BETWEEN 0 AND 6"),
    Check(
        "availability_hours",
        "availability_rule",
        "{row}start_minute >= 0 AND {row}start_minute < {row}end_minute AND {row}end_minute <= 1440",
    ),
    Check("override_dates", "availability_override", "{row}first_date <= {row}last_date"),
    Check(
        "override_hours",
        "availability_override",
        "({row}start_minute IS NULL) = ({row}end_minute IS NULL) AND ({row}start_minute IS NULL OR "
        "({row}start_minute >= 0 AND {row}start_minute < {row}end_minute AND {row}end_minute <= 1440))",
    ),
    # --- booking
    Check("session_seats", "session", "{row}seats_taken BETWEEN 0 AND {row}capacity"),
    Check("session_price", "session", "{row}price_minor >= 0"),
    Check("session_times", "session", "{row}starts_at < {row}ends_at"),
    Check("busy_cell_owner", "busy_cell", "({row}session_id IS NULL) <> ({row}booking_id IS NULL)"),
    # --- classroom
    Check(
        "attendance_order",
        "attendance_interval",
        "{row}ended_at IS NULL OR {row}ended_at >= {row}started_at",
    ),
    Check("room_recording", "room", "({row}recording_id IS NULL) = ({row}origin_at IS NULL)"),
    # --- recordings
    Check("segment_stored", "recording_segment", "{row}state <> 'ready' OR {row}storage_key <> ''"),
    Check("segment_size", "recording_segment", "{row}size >= 0 AND {row}duration_ms >= 0"),
)


def partial_unique_sql(index: PartialUnique) -> str:
    columns = ", ".join(f'"{column}"' for column in index.columns)
    return (
        f'CREATE UNIQUE INDEX IF NOT EXISTS "{index.name}" ON "{index.table}" ({columns}) '
        f"WHERE {index.condition}"
    )


def sqlite_check_sql(check: Check) -> list[str]:
    """SQLite can't add a check to a table: two triggers refuse what breaks it."""
    condition = check.condition.replace("{row}", "NEW.")
    return [
        f'CREATE TRIGGER IF NOT EXISTS "{check.name}_{event.lower()}" BEFORE {event} ON "{check.table}" '
        f"WHEN NOT ({condition}) BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {check.name}'); END"
        for event in ("INSERT", "UPDATE")
    ]


def postgres_check_sql(check: Check) -> list[str]:
    condition = check.condition.replace("{row}", "")
    return [
        f'ALTER TABLE "{check.table}" DROP CONSTRAINT IF EXISTS "{check.name}"',
        f'ALTER TABLE "{check.table}" ADD CONSTRAINT "{check.name}" CHECK ({condition})',
    ]


def statements(dialect: str, tables: frozenset[str]) -> list[str]:
    """All statements for `dialect` ("sqlite" or "postgres") on the tables that exist."""
    found = [partial_unique_sql(index) for index in PARTIAL_UNIQUES if index.table in tables]
    check_sql = sqlite_check_sql if dialect == "sqlite" else postgres_check_sql
    for check in CHECKS:
        if check.table in tables:
            found += check_sql(check)
    return found
