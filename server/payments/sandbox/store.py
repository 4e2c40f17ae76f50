"""What the sandbox remembers, in one SQLite file: objects, answers by idempotency key, and the webhooks
that are still to be sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Object = dict[str, Any]
END = 2**63 - 1  # above every number of a row

TABLES = """
CREATE TABLE IF NOT EXISTS object (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, account TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, account, number);
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (
    number INTEGER PRIMARY KEY, event TEXT NOT NULL, due REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0);
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to the first request with a key, and what that asked."""

    fingerprint: str
    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook that is to be sent at `due` (seconds since 1970), after so many tries."""

    number: int
    event: str
    due: float
    tries: int


class Store:
    """`account` is the connected account to which an object belongs, or empty for the platform's own."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, isolation_level=None)
        # what is written down outlives our death, not the machine's
        self._file.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + TABLES)

    def close(self) -> None:
        self._file.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block, or nothing of it."""
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    @contextmanager
    def undone_when_refused(self) -> Iterator[None]:
        """Inside a transaction: nothing of the block stays when it raises; the transaction goes on."""
        self._file.execute("SAVEPOINT work")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK TO work")
            raise
        finally:
            self._file.execute("RELEASE work")

    # --- objects

    def put(self, body: Object, account: str = "") -> None:
        """Keep an object, new or changed."""
        self._file.execute(
            "INSERT INTO object (id, kind, account, body) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (body["id"], body["object"], account, json.dumps(body)),
        )

    def get(self, kind: str, number: str, account: str = "") -> Object | None:
        found = self._file.execute(
            "SELECT body FROM object WHERE id = ? AND kind = ? AND account = ?", (number, kind, account)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def all(self, kind: str, account: str = "", after: str = "") -> Iterator[Object]:
        """The newest first, as they are asked for; those before the one named `after`."""
        found = self._file.execute("SELECT number FROM object WHERE id = ?", (after,)).fetchone()
        below = found[0] if found else END
        rows = self._file.execute(
            "SELECT body FROM object WHERE kind = ? AND account = ? AND number < ? ORDER BY number DESC",
            (kind, account, below),
        )
        return (json.loads(row[0]) for row in rows)

    def sums(self, kind: str, part: str, account: str) -> dict[str, int]:
        """A number of all objects of a kind, added up by currency."""
        rows = self._file.execute(
            "SELECT json_extract(body, '$.currency'), sum(json_extract(body, ?)) FROM object "
            "WHERE kind = ? AND account = ? GROUP BY 1 ORDER BY 1",
            (f"$.{part}", kind, account),
        )
        return dict(rows.fetchall())

    def latest(self, kind: str, count: int) -> list[Object]:
        """Of whatever account, which stands in `of_account`."""
        rows = self._file.execute(
            "SELECT body, account FROM object WHERE kind = ? ORDER BY number DESC LIMIT ?", (kind, count)
        )
        return [{**json.loads(body), "of_account": account} for body, account in rows]

    def account_of(self, number: str) -> str:
        """To whose account an object belongs."""
        found = self._file.execute("SELECT account FROM object WHERE id = ?", (number,)).fetchone()
        return str(found[0]) if found else ""

    # --- answers

    def answer(self, key: str) -> Answer | None:
        found = self._file.execute(
            "SELECT fingerprint, status, body FROM answer WHERE key = ?", (key,)
        ).fetchone()
        return Answer(*found) if found else None

    def keep_answer(self, key: str, answer: Answer) -> None:
        row = (key, answer.fingerprint, answer.status, answer.body)
        self._file.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", row)

    def forget_answers(self) -> None:
        """As if a day had passed: the same keys are new ones."""
        self._file.execute("DELETE FROM answer")

    def forget_everything(self) -> None:
        for table in ("answer", "delivery", "object"):
            self._file.execute(f"DELETE FROM {table}")

    # --- webhooks

    def deliver(self, event: str, due: float) -> None:
        self._file.execute("INSERT INTO delivery (event, due) VALUES (?, ?)", (event, due))

    def deliveries(self, count: int = -1) -> list[Delivery]:
        """Those that are still to be sent, or so many of them, what is due first first."""
        rows = self._file.execute(
            "SELECT number, event, due, tries FROM delivery ORDER BY due, number LIMIT ?", (count,)
        )
        return [Delivery(*row) for row in rows]

    def try_again(self, number: int, due: float) -> None:
        self._file.execute(
            "UPDATE delivery SET due = ?, tries = tries + 1 WHERE number = ?", (due, number)
        )

    def delivered(self, number: int) -> None:
        self._file.execute("DELETE FROM delivery WHERE number = ?", (number,))
