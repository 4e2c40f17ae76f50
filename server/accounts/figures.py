"""How many accounts were made when, counted by the database."""

from __future__ import annotations

from datetime import UTC, datetime

from server.infra.db import dialect, fetch

QUARTER_S = (
    900  # every zone's midnight falls on a quarter of an hour, so that days of any zone can be added up
)
QUARTERS = {
    "sqlite": f"CAST(strftime('%s', created_at) AS INTEGER) / {QUARTER_S}",
    "postgres": f"CAST(FLOOR(EXTRACT(EPOCH FROM created_at) / {QUARTER_S}) AS BIGINT)",
}


async def joined_since(instant: datetime) -> dict[datetime, int]:
    """How many accounts were made in each quarter of an hour since then, by its start: one query."""
    rows = await fetch(
        f'SELECT {QUARTERS[dialect()]} AS quarter, COUNT(*) AS joined FROM "user"'
        " WHERE created_at >= ? GROUP BY quarter",
        [instant],
    )
    return {datetime.fromtimestamp(row["quarter"] * QUARTER_S, UTC): row["joined"] for row in rows}
