"""What a check can find of each part, how much it matters, and in which few words it is told. Pure.

The page says more: what to do about it, in this browser on this system."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

NOT_TRIED = "skipped"


class Verdict(StrEnum):
    """READY: all of it works. LIMITED: one can take part, but not with everything. FAILED: one can't."""

    READY = "ready"
    LIMITED = "limited"
    FAILED = "failed"


FINE, LIMITS, STOPS = Verdict.READY, Verdict.LIMITED, Verdict.FAILED
Finding = tuple[Verdict, str]  # what it means, and what the mentor reads

DEVICE_TROUBLE = {
    "denied": (LIMITS, "{} not allowed"),
    "missing": (LIMITS, "no {} found"),
    "busy": (LIMITS, "{} used by another program"),
    "failed": (LIMITS, "{} did not start"),
    "insecure": (LIMITS, "{} not available on this address"),
    "unsupported": (LIMITS, "{} not available in this browser"),
}


def _device(name: str) -> dict[str, Finding]:
    return {code: (weight, words.format(name)) for code, (weight, words) in DEVICE_TROUBLE.items()}


FINDINGS: dict[str, dict[str, Finding]] = {
    "browser": {"ok": (FINE, ""), "old": (STOPS, "browser can't hold video calls")},
    "camera": {"ok": (FINE, ""), "dark": (LIMITS, "camera gives no picture"), **_device("camera")},
    "microphone": {"ok": (FINE, ""), "silent": (LIMITS, "microphone silent"), **_device("microphone")},
    "speaker": {"ok": (FINE, ""), "unheard": (LIMITS, "test tone not heard")},
    "server": {"ok": (FINE, ""), "slow": (LIMITS, "slow to answer"), "blocked": (STOPS, "no WebSocket")},
    "way": {
        "ok": (FINE, ""),
        "relayed": (FINE, "through a relay"),
        "relayed_tcp": (LIMITS, "through a relay over TCP"),
        "blocked": (STOPS, "network lets no call through"),
        "no_relay": (STOPS, "network lets no call through, and there is no relay"),
        "unavailable": (STOPS, "media server was away"),
        "full": (STOPS, "media server was full"),
    },
    "speed": {
        "ok": (FINE, ""),
        "slow_up": (LIMITS, "slow upload"),
        "slow_down": (LIMITS, "slow download"),
        "sound_only": (LIMITS, "enough for sound only"),
    },
    "steadiness": {
        "ok": (FINE, ""),
        "lossy": (LIMITS, "packets get lost"),
        "delayed": (LIMITS, "long delay"),
        "jittery": (LIMITS, "uneven connection"),
        "broken": (STOPS, "nothing arrives"),
    },
}
NEEDED = frozenset({"browser", "server", "way"})  # not tried is not passed

Found = Mapping[str, Mapping[str, Any]]


def known(part: str, code: str) -> bool:
    return code == NOT_TRIED or code in FINDINGS[part]


def verdict_of(found: Found) -> Verdict:
    """The worst of its parts. Who left something out that is needed for a call did not get through it."""
    weights = [_finding(part, found)[0] for part in FINDINGS]
    return max(weights, key=list(Verdict).index)


def reasons_of(found: Found) -> list[str]:
    """What the verdict comes from, what weighs most first."""
    told = [_finding(part, found) for part in FINDINGS]
    told.sort(key=lambda finding: -list(Verdict).index(finding[0]))
    return [words for _, words in told if words]


def _finding(part: str, found: Found) -> Finding:
    code = found.get(part, {}).get("code", NOT_TRIED)
    if code == NOT_TRIED:
        return (STOPS if part in NEEDED else FINE), ""
    return FINDINGS[part].get(code, (LIMITS, ""))


def weights() -> dict[str, dict[str, str]]:
    """What each code of each part means, for the page."""
    return {
        part: {code: weight.value for code, (weight, _) in codes.items()}
        for part, codes in FINDINGS.items()
    }
