"""What holds in one room about its people beyond who is there: the door, the floor, hands, the pace."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from media.protocol.conduct import Person
from server.classroom.conduct.floor import Floor
from server.classroom.conduct.lost import LostOnes
from server.classroom.conduct.paces import Paces
from server.classroom.conduct.waiting import WaitingLine


@dataclass(slots=True)
class Rules:
    """`removed` are those who may not come back, by user; `hands` the hands that were up when the room
    was last in a process, by seat; `handed_round` the files that go with lines of this process."""

    locked: bool = False
    admission: bool = False
    removed: dict[int, Person] = field(default_factory=dict)
    hands: dict[int, datetime] = field(default_factory=dict)
    floor: Floor = field(default_factory=Floor)
    line: WaitingLine = field(default_factory=WaitingLine)
    lost: LostOnes = field(default_factory=LostOnes)
    paces: Paces = field(default_factory=Paces)
    handed_round: set[UUID] = field(default_factory=set)
