"""Where the sandbox lives: one at a time serves a folder, and a file in it says at which address.

Who comes second waits for its turn. Who comes after a death listens at the same port where that is free,
so that pages that are open go on working.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

LOOK_S = 0.2  # between two tries to get the lock, which ends with its holder


class Place:
    """The folder, whose lock is held from `turn` to the end of the block."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._address = folder / "address.json"
        self._lock = (folder / "sandbox.lock").open("w")

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.close()

    async def turn(self, told: Callable[[str], None]) -> None:
        """Return when the folder is ours. While it is not, `told` hears once where the other one is."""
        heard = False
        while not self._take():
            if not heard and (base := self.base()):
                told(base)
                heard = True
            await asyncio.sleep(LOOK_S)

    def _take(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def base(self) -> str:
        """The address of who serves, or served last; empty where nobody did."""
        try:
            return str(json.loads(self._address.read_text(encoding="utf-8"))["base"])
        except (OSError, ValueError, KeyError):
            return ""

    @property
    def port(self) -> int:
        """The one of last time, or 0."""
        return urlsplit(self.base()).port or 0

    def write(self, base: str) -> None:
        """Whoever reads finds the old address or the new one, never a part."""
        new = self._address.with_suffix(".new")
        new.write_text(json.dumps({"base": base}), encoding="utf-8")
        new.replace(self._address)
