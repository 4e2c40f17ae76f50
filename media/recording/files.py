"""The segments of one directory: each a WebM file and a JSON sidecar that says what it is.

`<id>.part.webm` is being written, `<id>.webm` is whole. The sidecar stands before the first byte of
media and gets the facts of the whole file before that gets its name, so that at every moment a crash
leaves enough to go on from.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from media.recording.events import SegmentClosed, SegmentOpened


@dataclass(frozen=True, slots=True)
class Sidecar:
    """`media` is the name of the file that `closed` describes, before it is renamed."""

    opened: SegmentOpened
    closed: SegmentClosed | None = None
    media: str = ""


SIDECAR = TypeAdapter(Sidecar)


class SegmentFiles:
    """Raises OSError where the disk does."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def part(self, segment: str) -> Path:
        return self.directory / f"{segment}.part.webm"

    def whole(self, segment: str) -> Path:
        return self.directory / f"{segment}.webm"

    def mended(self, segment: str) -> Path:
        """Where a repaired file is written."""
        return self.directory / f"{segment}.mended.webm"

    def _sidecar(self, segment: str) -> Path:
        return self.directory / f"{segment}.json"

    def open(self, opened: SegmentOpened) -> Path:
        """Write the sidecar; returns where the media goes."""
        self._write(Sidecar(opened))
        return self.part(opened.segment)

    def close(
        self, opened: SegmentOpened, media: Path, duration_ms: int, *, salvaged: bool = False
    ) -> SegmentClosed:
        """Make `media` the whole file of its segment."""
        with media.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        closed = SegmentClosed(
            key=opened.key,
            segment=opened.segment,
            start_ms=opened.start_ms,
            duration_ms=duration_ms,
            size=media.stat().st_size,
            sha256=sha256,
            salvaged=salvaged,
        )
        self._write(Sidecar(opened, closed, media.name))
        media.replace(self.whole(opened.segment))
        self._drop_leftovers(opened.segment)
        return closed

    def delete(self, segment: str) -> None:
        """Remove all of a segment; the sidecar last, so that a crash in between leaves no orphan."""
        self.drop_media(segment)
        self._sidecar(segment).unlink(missing_ok=True)

    def drop_media(self, segment: str) -> None:
        """Remove all but the sidecar, which still tells that there was a segment."""
        self.whole(segment).unlink(missing_ok=True)
        self._drop_leftovers(segment)

    def read(self) -> tuple[list[SegmentClosed], list[SegmentOpened]]:
        """(whole segments, those that a crash left open), by their sidecars."""
        closed, left = [], []
        for path in sorted(self.directory.glob("*.json")):
            sidecar = _parse(path)
            if sidecar is None:
                continue
            if sidecar.closed is not None and self._renamed(sidecar):
                closed.append(sidecar.closed)
            else:
                left.append(sidecar.opened)
        return closed, left

    def _renamed(self, sidecar: Sidecar) -> bool:
        """Finish a rename that a crash cut off; False when the media is not there."""
        whole, media = self.whole(sidecar.opened.segment), self.directory / sidecar.media
        if not whole.exists() and media.exists():
            media.replace(whole)
        return whole.exists()

    def _drop_leftovers(self, segment: str) -> None:
        for path in (self.part(segment), self.mended(segment)):
            path.unlink(missing_ok=True)

    def _write(self, sidecar: Sidecar) -> None:
        segment = sidecar.opened.segment
        fresh = self.directory / f"{segment}.json.new"
        fresh.write_bytes(SIDECAR.dump_json(sidecar))
        fresh.replace(self._sidecar(segment))


def _parse(path: Path) -> Sidecar | None:
    """None for a file that is not ours or was cut off by a full disk."""
    try:
        return SIDECAR.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
