"""Keeps beside names and sessions what they are searched by, and writes it for those that are there."""

from __future__ import annotations

import json
from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from server.infra.db import execute, fetch
from server.infra.folding import searchable

SPELLINGS = (
    "SELECT session_skill.session_id, skill.name, CAST(skill.aliases AS TEXT) AS aliases "
    "FROM session_skill JOIN skill ON skill.id = session_skill.skill_id ORDER BY session_skill.id"
)


async def write_words(_apps: Any, _editor: Any) -> None:
    """For every name and every session there is."""
    for row in await fetch('SELECT id, name FROM "user"'):
        await execute(
            'UPDATE "user" SET name_words = ? WHERE id = ?', [searchable(row["name"]), row["id"]]
        )
    spellings: dict[Any, list[str]] = {}
    for row in await fetch(SPELLINGS):
        spellings.setdefault(row["session_id"], []).extend([row["name"], _words(row["aliases"])])
    for row in await fetch("SELECT id, title, description FROM session"):
        text = searchable(row["title"], row["description"], *spellings.get(row["id"], ()))
        await execute("UPDATE session SET search_text = ? WHERE id = ?", [text, row["id"]])


def _words(aliases: str) -> str:
    """Those of a list in JSON."""
    return " ".join(json.loads(aliases))


class Migration(migrations.Migration):
    dependencies = [("models", "0019_payments")]

    initial = False

    operations = [
        ops.AddField(
            model_name="User",
            name="name_words",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Session",
            name="search_text",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.RunPython(write_words, ops.RunPython.noop),
    ]
