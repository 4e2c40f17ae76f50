"""Plans reminders for sessions that were published before there were any: the job that follows publishing
runs for each that is still to come. For one that has its reminders it changes nothing."""

from __future__ import annotations

import json
from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

from server.infra.clock import now
from server.infra.db import execute, fetch

AHEAD = "SELECT id FROM session WHERE status = 'published' AND starts_at > ?"
PLANNED = (
    "INSERT INTO outbox (job, payload, run_at, attempts, last_error, created_at) "
    "VALUES ('calendar.planned', ?, ?, 0, '', ?)"
)


async def plan(_apps: Any, _editor: Any) -> None:
    at = now()
    for row in await fetch(AHEAD, [at]):
        await execute(PLANNED, [json.dumps({"session_id": str(row["id"])}), at, at])


class Migration(migrations.Migration):
    dependencies = [("models", "0021_receipts")]

    initial = False

    operations = [ops.RunPython(plan, ops.RunPython.noop)]
