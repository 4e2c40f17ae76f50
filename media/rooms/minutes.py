"""What each participant's media were like, minute by minute of the wall clock; said at the end of each,
and when somebody leaves."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from media.protocol.control import QualityMinute
from media.rooms.peer import Peer
from media.rooms.sampling import Sampler
from media.rooms.tally import Loss, Sample, Tally, faults_of

LOOK_S = 1.0
MINUTE_MS = 60_000


class _Diary:
    """One participant's."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.troubled = False  # their own network fails them
        self._sampler = Sampler()
        self._up, self._down = Loss(), Loss()
        self._froze = False

    def look(self, peer: Peer, now: float, *, strained: bool, troubled: frozenset[str]) -> None:
        sample = self._sampler.look(peer, now, strained=strained, troubled=troubled - {peer.participant})
        if sample is None:
            self.troubled = False
        else:
            self._add(sample)

    def _add(self, sample: Sample) -> None:
        lossy_up, lossy_down = self._up.add(sample.up), self._down.add(sample.down)
        self.tally.add(
            sample,
            faults_of(sample, lossy_up=lossy_up, lossy_down=lossy_down),
            freezes=sample.frozen and not self._froze,
        )
        self._froze = sample.frozen
        self.troubled = (lossy_up or sample.silent) and not sample.strained


class Minutes:
    """A room's. `say` keeps what it is given until the server has it; `strained` tells whether the node
    has more to do than it can."""

    def __init__(
        self,
        room: str,
        say: Callable[[QualityMinute], None],
        wall_ms: Callable[[], int],
        strained: Callable[[], bool],
    ) -> None:
        self._room = room
        self._say = say
        self._wall_ms = wall_ms
        self._strained = strained
        self._diaries: dict[str, _Diary] = {}
        self._begin_ms = 0
        self._look_at = 0.0

    def poll(self, peers: Mapping[str, Peer], now: float) -> None:
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        begin_ms = self._wall_ms() // MINUTE_MS * MINUTE_MS
        if begin_ms != self._begin_ms:
            for participant in self._diaries:
                self._close(participant)
            self._begin_ms = begin_ms
        strained = self._strained()
        troubled = frozenset(name for name, diary in self._diaries.items() if diary.troubled)
        for name, peer in peers.items():
            diary = self._diaries.setdefault(name, _Diary())
            diary.look(peer, now, strained=strained, troubled=troubled)

    def left(self, participant: str) -> None:
        """Say what there is of their last minute."""
        if participant in self._diaries:
            self._close(participant)
            del self._diaries[participant]

    def _close(self, participant: str) -> None:
        diary = self._diaries[participant]
        tally, diary.tally = diary.tally, Tally()
        if not tally.empty:
            id = uuid.uuid4().hex
            self._say(tally.report(self._room, participant, id, self._begin_ms))
