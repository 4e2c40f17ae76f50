"""What samples of two viewers say of a case. Pure: samples as `Viewer.seen`, times of one clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Sample = dict[str, Any]
MINUTE = 60.0


@dataclass(frozen=True)
class Seen:
    """The network was bad from `began` to `ended`; `top` is the height of the best layer."""

    tried: list[Sample]
    clean: list[Sample]
    began: float
    ended: float
    top: int


def judge(seen: Seen) -> dict[str, Any]:
    """Figures of the case; None for a time that never came."""
    bad = _between(seen.tried, seen.began, seen.ended)
    clean = _between(seen.clean, seen.began, seen.ended)
    minutes = (seen.ended - seen.began) / MINUTE
    return {
        "audio_gap_s": round(_longest_silence(bad), 2),
        "concealed_percent": round(100 * _share(bad, "audio", "concealed", "samples"), 1),
        "frozen_s_per_minute": round(_grown(bad, "video", "frozen") / minutes, 2),
        "heights": sorted({_height(each) for each in bad}),
        "drop_s": _first(bad, seen.began, lambda height: height < seen.top),
        "back_s": _back(_after(seen.tried, seen.ended), seen),
        "video_kbps": round(_grown(bad, "video", "bytes") * 8 / 1000 / (seen.ended - seen.began)),
        "clean_heights": sorted({_height(each) for each in clean}),
        "clean_frozen_s": round(_grown(clean, "video", "frozen"), 2),
    }


def _between(samples: list[Sample], first: float, last: float) -> list[Sample]:
    return [each for each in samples if first <= each["at"] <= last]


def _after(samples: list[Sample], since: float) -> list[Sample]:
    return [each for each in samples if each["at"] > since]


def _height(sample: Sample) -> int:
    return sample["video"]["height"] if sample["video"] else 0


def _grown(samples: list[Sample], kind: str, what: str) -> float:
    """How much a counter grew over the samples."""
    told = [each[kind][what] for each in samples if each[kind]]
    return float(told[-1] - told[0]) if told else 0.0


def _share(samples: list[Sample], kind: str, part: str, whole: str) -> float:
    total = _grown(samples, kind, whole)
    return _grown(samples, kind, part) / total if total else 1.0


def _longest_silence(samples: list[Sample]) -> float:
    """The longest time in which no packet of sound came."""
    longest, packets, since = 0.0, -1, samples[0]["at"] if samples else 0.0
    for each in samples:
        now = each["audio"]["packets"] if each["audio"] else 0
        if now != packets:
            packets, since = now, each["at"]
        longest = max(longest, each["at"] - since)
    return longest


def _first(samples: list[Sample], since: float, fits: Any) -> float | None:
    return next((round(each["at"] - since, 1) for each in samples if fits(_height(each))), None)


def _back(samples: list[Sample], seen: Seen) -> float | None:
    """Seconds until the best layer is there; 0.0 if it was never gone."""
    before = _between(seen.tried, seen.began, seen.ended)
    if all(_height(each) == seen.top for each in before):
        return 0.0
    return next(_times_at_top(samples, seen), None)


def _times_at_top(samples: list[Sample], seen: Seen) -> Iterator[float]:
    return (round(each["at"] - seen.ended, 1) for each in samples if _height(each) == seen.top)
