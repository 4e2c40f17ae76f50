"""Database objects that the migration tool can't keep: partial unique indexes, checks, triggers, and on
PostgreSQL indexes of parts of words.

Tortoise drops conditional unique constraints and checks from generated tables, and on SQLite it loses
raw indexes and triggers whenever it rebuilds a table. So they are listed here once; after every migration
what is missing or was made by other words is made again, and a test introspects them.
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
    PartialUnique("assessment_open", "assessment", ("user_id", "skill_id"), "finished_at IS NULL"),
    # --- booking
    PartialUnique(
        "booking_active", "booking", ("session_id", "learner_id"), "status IN ('held', 'confirmed')"
    ),
    PartialUnique(
        "waitlist_once",
        "waitlist_entry",
        ("session_id", "learner_id"),
        "status IN ('waiting', 'offered')",
    ),
    PartialUnique("reschedule_open", "reschedule_proposal", ("session_id",), "status = 'open'"),
    PartialUnique(
        "request_open",
        "session_request",
        ("learner_id", "mentor_id", "starts_at"),
        "status IN ('requested', 'proposed')",
    ),
    # --- classroom
    PartialUnique(
        "attendance_open",
        "attendance_interval",
        ("session_id", "user_id", "kind"),
        "ended_at IS NULL",
    ),
    # --- payments
    PartialUnique("dispute_open", "dispute", ("payment_id",), "status = 'open'"),
    # --- settlement
    PartialUnique("issue_open", "issue", ("booking_id",), "status = 'open'"),
    # --- recordings
)

CHECKS: tuple[Check, ...] = (
    # --- feedback
    Check("review_rating", "review", "{row}rating BETWEEN 1 AND 5"),
    Check("review_technical", "review", "{row}technical IS NULL OR {row}technical BETWEEN 1 AND 5"),
    # --- notifications
    Check("inbox_numbers", "inbox", "{row}last_seq >= 0 AND {row}unread BETWEEN 0 AND {row}last_seq"),
    Check(
        "rhythm_quiet",
        "rhythm",
        "({row}quiet_from IS NULL) = ({row}quiet_until IS NULL) AND ({row}quiet_from IS NULL OR "
        "({row}quiet_from BETWEEN 0 AND 1439 AND {row}quiet_until BETWEEN 0 AND 1439))",
    ),
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
    Check("booking_held", "booking", "{row}status <> 'held' OR {row}hold_expires_at IS NOT NULL"),
    Check(
        "booking_refund",
        "booking",
        "{row}refund_minor IS NULL OR {row}refund_minor BETWEEN 0 AND {row}price_minor",
    ),
    Check("series_shape", "series", "{row}every_weeks BETWEEN 1 AND 4 AND {row}count BETWEEN 2 AND 52"),
    Check("request_other", "session_request", "{row}learner_id <> {row}mentor_id"),
    Check(
        "request_proposed",
        "session_request",
        "{row}status <> 'proposed' OR {row}proposed_starts_at IS NOT NULL",
    ),
    Check("reschedule_times", "reschedule_proposal", "{row}starts_at < {row}ends_at"),
    # --- payments
    Check("ledger_amount", "ledger_entry", "{row}amount_minor > 0 AND {row}debit_id <> {row}credit_id"),
    Check(
        "payment_amount",
        "payment",
        "{row}amount_minor > 0 AND {row}commission_minor BETWEEN 0 AND {row}amount_minor",
    ),
    Check(
        "payment_given_back",
        "payment",
        "{row}refunded_minor >= 0 AND {row}lost_minor >= 0 "
        "AND {row}refunded_minor + {row}lost_minor <= {row}amount_minor",
    ),
    Check("refund_amount", "refund", "{row}amount_minor > 0"),
    Check(
        "refund_shares",
        "refund",
        "{row}mentor_minor >= 0 AND {row}platform_minor >= 0 "
        "AND (NOT {row}late OR {row}mentor_minor + {row}platform_minor = {row}amount_minor)",
    ),
    Check("dispute_amount", "dispute", "{row}amount_minor > 0"),
    Check("payout_amount", "payout", "{row}amount_minor > 0"),
    Check(
        "transfer_amount",
        "transfer",
        "{row}amount_minor > 0 AND {row}reversed_minor BETWEEN 0 AND {row}amount_minor",
    ),
    Check("reversal_amount", "transfer_reversal", "{row}amount_minor > 0"),
    # --- materials
    Check("material_phase", "material", "{row}phase IN ('before', 'after') AND {row}size >= 0"),
    # --- messages
    Check("conversation_numbers", "conversation", "{row}last_seq >= 0"),
    Check("conversation_read", "conversation_member", "{row}read_seq >= 0"),
    Check("report_other", "report", "{row}reporter_id <> {row}reported_id"),
    # --- classroom
    Check(
        "attendance_order",
        "attendance_interval",
        "{row}ended_at IS NULL OR {row}ended_at >= {row}started_at",
    ),
    Check("room_recording", "room", "({row}recording_id IS NULL) = ({row}origin_at IS NULL)"),
    # --- settlement
    Check(
        "verdict_figures",
        "verdict",
        "{row}refund_minor >= 0 AND {row}credit_minor >= 0"
        " AND {row}taught_min BETWEEN 0 AND {row}due_min",
    ),
    Check("issue_amounts", "issue", "{row}refund_minor >= 0 AND {row}credit_minor >= 0"),
    Check("issue_decided", "issue", "({row}status = 'open') = ({row}decided_at IS NULL)"),
    # --- recordings
    Check("segment_stored", "recording_segment", "{row}state <> 'ready' OR {row}storage_key <> ''"),
    Check("segment_size", "recording_segment", "{row}size >= 0 AND {row}duration_ms >= 0"),
)

# Columns of searchable text (`server/infra/folding.py`) that an index serves; SQLite, which has none for
# parts of words, looks through them.
PART_OF_WORD: tuple[tuple[str, str], ...] = (("session", "search_text"),)

# Tables whose rows are written once: nothing is changed or deleted.
APPEND_ONLY: tuple[str, ...] = ("audit_log", "ledger_transaction", "ledger_entry", "receipt", "verdict")


@dataclass(frozen=True, slots=True)
class RawObject:
    """One object of one database: how it is made, which is also how it is known again, and removed."""

    name: str
    create: str
    drop: str
    kind: str = ""  # what PostgreSQL calls it in `COMMENT ON`


def objects(dialect: str, tables: frozenset[str]) -> list[RawObject]:
    """All objects for `dialect` ("sqlite" or "postgres") on the tables that exist."""
    found = [_index(index) for index in PARTIAL_UNIQUES if index.table in tables]
    of_check = _triggers if dialect == "sqlite" else _constraint
    for check in CHECKS:
        if check.table in tables:
            found += of_check(check)
    if dialect == "postgres":
        found += [_words_index(*column) for column in PART_OF_WORD if column[0] in tables]
    refusing = _refusing_triggers if dialect == "sqlite" else _refusing_trigger
    return found + [made for table in APPEND_ONLY if table in tables for made in refusing(table)]


def _index(index: PartialUnique) -> RawObject:
    columns = ", ".join(f'"{column}"' for column in index.columns)
    return RawObject(
        index.name,
        f'CREATE UNIQUE INDEX "{index.name}" ON "{index.table}" ({columns}) WHERE {index.condition}',
        f'DROP INDEX IF EXISTS "{index.name}"',
        f'INDEX "{index.name}"',
    )


def _words_index(table: str, column: str) -> RawObject:
    """Of all three letters in a row: what `LIKE '%part%'` asks for."""
    name = f"{table}_{column}_parts"
    return RawObject(
        name,
        "CREATE EXTENSION IF NOT EXISTS pg_trgm; "
        f'CREATE INDEX "{name}" ON "{table}" USING gin ("{column}" gin_trgm_ops)',
        f'DROP INDEX IF EXISTS "{name}"',
        f'INDEX "{name}"',
    )


def _triggers(check: Check) -> list[RawObject]:
    """SQLite can't add a check to a table: two triggers refuse what breaks it."""
    return [_trigger(check, event) for event in ("INSERT", "UPDATE")]


def _trigger(check: Check, event: str) -> RawObject:
    name, condition = f"{check.name}_{event.lower()}", check.condition.replace("{row}", "NEW.")
    return RawObject(
        name,
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{check.table}" '
        f"WHEN NOT ({condition}) BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {check.name}'); END",
        f'DROP TRIGGER IF EXISTS "{name}"',
    )


def _constraint(check: Check) -> list[RawObject]:
    table, condition = f'ALTER TABLE "{check.table}"', check.condition.replace("{row}", "")
    return [
        RawObject(
            check.name,
            f'{table} ADD CONSTRAINT "{check.name}" CHECK ({condition})',
            f'{table} DROP CONSTRAINT IF EXISTS "{check.name}"',
            f'CONSTRAINT "{check.name}" ON "{check.table}"',
        )
    ]


def _refusing_triggers(table: str) -> list[RawObject]:
    return [
        RawObject(
            f"{table}_{event.lower()}",
            f'CREATE TRIGGER "{table}_{event.lower()}" BEFORE {event} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            f'DROP TRIGGER IF EXISTS "{table}_{event.lower()}"',
        )
        for event in ("UPDATE", "DELETE")
    ]


def _refusing_trigger(table: str) -> list[RawObject]:
    """For whole statements, since TRUNCATE asks no row."""
    name = f"{table}_append_only"
    return [
        RawObject(
            name,
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE '{table} is append-only' USING ERRCODE = 'check_violation'; END $$; "
            f'CREATE TRIGGER "{name}" BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
            f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
            f'TRIGGER "{name}" ON "{table}"',
        )
    ]
