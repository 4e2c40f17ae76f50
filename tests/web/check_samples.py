"""The page of the technical check: before the first one, and after ones that went well and badly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from server.classroom.check.findings import Verdict, weights
from server.classroom.check.service import CheckResult
from server.classroom.recordable import NO_SPACE

AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
READY = CheckResult(Verdict.READY, AT)
LIMITED = CheckResult(
    Verdict.LIMITED, AT, ["microphone used by another program", "through a relay over TCP"]
)
FAILED = CheckResult(Verdict.FAILED, AT, ["network lets no call through, and there is no relay"])


def check_pages(session: Any, viewer: Any) -> Mapping[str, tuple[Any, ...]]:
    page = {
        "session": session,
        "role": "learner",
        "last": None,
        "recording_problem": "",
        "check": {"ws_url": "/ws/check/1/", "save_url": "/api/v1/sessions/1/check", "weights": weights()},
    }
    states = {"check": None, "check-ready": READY, "check-limited": LIMITED, "check-failed": FAILED}
    pages = {
        name: ("classroom/check.html", {**page, "last": last}, viewer) for name, last in states.items()
    }
    unrecorded = {**page, "recording_problem": NO_SPACE}
    return {**pages, "check-not-recordable": ("classroom/check.html", unrecorded, viewer)}
