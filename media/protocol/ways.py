"""What went one way between a participant and a node within a minute, and whose fault it was."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from media.protocol.codec import Message
from media.protocol.messages import LayerName

Fault = Literal["up", "down", "other", "node"]


class Way(Message):
    """What went one way between a participant and the node. `lost` is before repair; `jitter_ms` a mean;
    `layers` the time in milliseconds that each layer was the one of a camera, summed up over cameras."""

    packets: int = 0
    lost: int = 0
    octets: int = 0
    jitter_ms: float = 0.0
    layers: dict[LayerName, int] = Field(default_factory=dict)
