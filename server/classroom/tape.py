"""Whether a room is being recorded, and what its people are told about it. Pure.

Three things must come together before anything of a person is written: the lesson is to be recorded,
it is live, and this person said yes. The mentor can hold the writing for a while or stop it for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from media.protocol.messages import RecordingState

Hold = Literal["", "paused", "stopped"]

# action of the mentor: the hold it is allowed from, and the hold it leads to
ACTIONS: dict[str, tuple[frozenset[Hold], Hold]] = {
    "pause": (frozenset({""}), "paused"),
    "resume": (frozenset({"paused"}), ""),
    "stop": (frozenset({"", "paused"}), "stopped"),
}


@dataclass(frozen=True, slots=True)
class Tape:
    """The recording of one room. `recording_id` and `origin_at` are set when writing first begins."""

    wanted: bool
    live: bool
    hold: Hold = ""
    recording_id: UUID | None = None
    origin_at: datetime | None = None
    finished: bool = False

    @property
    def runs(self) -> bool:
        """Whether those who consented are written now."""
        return self.wanted and self.live and not self.hold and not self.finished

    @property
    def origin_ms(self) -> int:
        """Zero of the time line, as Unix time in milliseconds."""
        assert self.origin_at is not None
        return round(self.origin_at.timestamp() * 1000)

    def state(self, *, consented: bool, interrupted: bool) -> RecordingState:
        """What the recording light shows. `consented`: somebody in the room said yes; `interrupted`: the
        node can't write just now."""
        if self.hold == "stopped" and self.recording_id is not None:
            return "ready" if self.finished else "finalising"
        if not self.wanted or not self.live or self.hold == "stopped":
            return "off"
        if self.hold == "paused":
            return "paused"
        if not consented or self.recording_id is None:
            return "waiting_consent"
        return "interrupted" if interrupted else "recording"
