"""Captions as a WebVTT file (W3C, §4). PURE."""

from __future__ import annotations

from collections.abc import Iterable

from server.recordings.composing.job import Caption


def webvtt(captions: Iterable[Caption]) -> str:
    """In the order of time; who speaks is the cue's voice."""
    cues = [_cue(one) for one in sorted(captions, key=lambda one: (one.from_ms, one.to_ms))]
    return "\n\n".join(["WEBVTT", *(cue for cue in cues if cue)]) + "\n"


def _cue(caption: Caption) -> str:
    """Empty where nothing was said."""
    lines = [_escaped(line) for line in caption.text.splitlines() if line.strip()]
    if not lines:
        return ""
    name = _escaped(" ".join(caption.name.split()))
    said = "\n".join(lines)
    times = f"{_clock(caption.from_ms)} --> {_clock(caption.to_ms)}"
    return f"{times}\n<v {name}>{said}" if name else f"{times}\n{said}"


def _escaped(text: str) -> str:
    """Also keeps `-->` out of cues."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").strip()


def _clock(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
