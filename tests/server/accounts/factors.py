"""People with a second factor, and the codes that their authenticators would show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyotp
from aiohttp.test_utils import TestClient

from server.infra.clock import ManualClock, now
from tests.factories import PASSWORD, Answer, Api, api_of

STEP = timedelta(seconds=30)


@dataclass(slots=True)
class Protected:
    """Somebody who has set a second factor up, in the login `api`."""

    api: Api
    secret: str
    recovery_codes: list[str]

    def code(self) -> str:
        """What the authenticator shows now."""
        return code_of(self.secret)


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(now())


def wrong_code(secret: str) -> str:
    """Six digits that are right at no step near now."""
    right = {pyotp.TOTP(secret).at(now() + off * STEP) for off in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


async def protect(http: TestClient, username: str, clock: ManualClock) -> Protected:
    """Set a second factor up for who has only a password; the first code is used up, the next is not."""
    api = await api_of(http, username)
    secret = (await api.post("/auth/2fa/setup")).data["secret"]
    enabled = await api.post("/auth/2fa/enable", {"code": code_of(secret)})
    assert enabled.status == 200, enabled.body
    clock.advance(STEP)
    return Protected(api, secret, enabled.data["recovery_codes"])


async def log_in(http: TestClient, code: str = "", username: str = "anna") -> Answer:
    body = {"identifier": username, "password": PASSWORD, "code": code}
    return await Api(http).post("/auth/login", body)
