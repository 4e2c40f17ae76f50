"""What the recorder reports, in the words of the control link."""

from __future__ import annotations

from media.protocol import control
from media.protocol.codec import Message
from media.recording.events import RecorderEvent, RecordingTrouble, SegmentLost, SegmentOpened


def announcement(event: RecorderEvent, round: int) -> Message:
    """`round` tells repetitions apart."""
    key = event.key
    if isinstance(event, RecordingTrouble):
        return control.RecordingTrouble(
            room=key.room,
            recording=key.recording,
            reason=event.reason,
            participant=key.participant,
            source=key.source,
        )
    segment = {
        "room": key.room,
        "participant": key.participant,
        "recording": key.recording,
        "segment": event.segment,
        "source": key.source,
        "round": round,
    }
    if isinstance(event, SegmentLost):
        return control.SegmentLost.model_validate(segment)
    segment["start_ms"] = event.start_ms
    if isinstance(event, SegmentOpened):
        return control.SegmentOpened.model_validate(segment)
    return control.SegmentClosed.model_validate(
        {
            **segment,
            "kind": key.kind,
            "duration_ms": event.duration_ms,
            "size": event.size,
            "sha256": event.sha256,
            "salvaged": event.salvaged,
        }
    )
