"""What a database says of its own shape, the same way whether models or migrations made it."""

from __future__ import annotations

from typing import Any

from server.infra import db

Rows = set[tuple[Any, ...]]
OWN = "tortoise_migrations"

COLUMNS = {
    "sqlite": """SELECT m.name, c.name AS column, c.type, c."notnull" AS required, c.pk
        FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'""",
    "postgres": """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
        is_identity, column_default IS NOT NULL AS defaulted
        FROM information_schema.columns WHERE table_schema = current_schema()""",
}
REFERENCES = {
    "sqlite": """SELECT m.name, f."from" AS own, f."table" AS other, f."to" AS key, f.on_delete
        FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'""",
    "postgres": """SELECT conrelid::regclass::text AS own, pg_get_constraintdef(oid) AS words
        FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace""",
}
# without names, which Tortoise makes differently in models and migrations
INDEXES = {
    "sqlite": """SELECT m.name, i."unique" AS single, i.partial, (SELECT group_concat(x.name) FROM
        (SELECT c.name FROM pragma_index_info(i.name) c ORDER BY c.seqno) x) AS columns
        FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table'""",
    "postgres": """SELECT tablename, regexp_replace(indexdef, ' INDEX .* ON ', ' ON ') AS words
        FROM pg_indexes WHERE schemaname = current_schema()""",
}
DEFINITIONS = {
    "sqlite": """SELECT name, sql AS words FROM sqlite_master
        WHERE type = 'trigger' OR type = 'index' AND sql LIKE '% WHERE %'""",
    "postgres": """SELECT conname AS name, pg_get_constraintdef(oid) AS words FROM pg_constraint
        WHERE contype = 'c' AND connamespace = current_schema()::regnamespace
        UNION ALL SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = current_schema() AND indexdef LIKE '% WHERE %'
        UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
}


async def columns() -> Rows:
    """Each column: its table, name, type, whether it is required, a key, or counts by itself."""
    return await _rows(COLUMNS)


async def references() -> Rows:
    """Each foreign key, and what happens when the row it names is deleted."""
    return await _rows(REFERENCES)


async def indexes() -> Rows:
    """Each index: its table, its columns, whether it is unique."""
    return await _rows(INDEXES)


async def definitions() -> dict[str, str]:
    """The raw objects by name, in the database's own words."""
    return {row["name"]: row["words"] for row in await db.fetch(DEFINITIONS[db.dialect()])}


async def _rows(queries: dict[str, str]) -> Rows:
    found = {tuple(row.values()) for row in await db.fetch(queries[db.dialect()])}
    return {row for row in found if row[0] != OWN}
