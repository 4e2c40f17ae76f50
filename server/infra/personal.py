"""What is kept about a person: each feature names its tables, what of them they get, and what becomes of
them when the person leaves for good. What is written here is what is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

DELETED_PERSON = "Deleted person"
SAID_OF_OTHERS = {"models.User": "username", "models.Skill": "slug"}  # instead of a number of ours


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table that lead to a person by `column`.

    `name` is theirs in the export; empty: they are not exported, and `why` says for what reason. `secret`
    columns are left out. `stay`: why the rows are still needed when the person is gone; empty: they are
    deleted."""

    model: type[Model]
    column: str
    name: str = ""
    why: str = ""
    secret: tuple[str, ...] = ()
    stay: str = ""

    def __post_init__(self) -> None:
        if bool(self.name) == bool(self.why):
            raise ValueError(f"{self.model.__name__}.{self.column}: exported, or why not")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file of a person: its name in the export, and its key in the storage."""

    name: str
    key: str


async def exported(parts: Iterable[Rows], user_id: int) -> dict[str, Any]:
    """The rows of a person by the name of their table: one query each."""
    return {part.name: await _rows(part, user_id) for part in parts if part.name}


async def _rows(part: Rows, user_id: int) -> list[dict[str, Any]]:
    columns = _columns(part)
    rows = (
        await part.model.filter(**{part.column: user_id})
        .order_by(part.model._meta.pk_attr)
        .values(*columns)
    )
    return [{columns[name]: value for name, value in row.items()} for row in rows]


def _columns(part: Rows) -> dict[str, str]:
    """The columns to be asked, and what they are called: other people by username, skills by slug."""
    meta = part.model._meta
    sources = {
        field.source_field: (name, str(field.model_name))
        for name, field in meta.fields_map.items()
        if isinstance(field, ForeignKeyFieldInstance)
    }
    found = {}
    for name in meta.fields_db_projection:
        relation, target = sources.get(name, ("", ""))
        if name in {part.column, *part.secret} or (name == "id" and meta.pk.generated):
            continue
        if word := SAID_OF_OTHERS.get(target):
            found[f"{relation}__{word}"] = relation
        else:
            found[name] = name
    return found


async def erased(parts: Iterable[Rows], user_id: int) -> None:
    """Delete what nobody needs any more; for a second time nothing happens."""
    for part in parts:
        if not part.stay:
            await part.model.filter(**{part.column: user_id}).delete()
