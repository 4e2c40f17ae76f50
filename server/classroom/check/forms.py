"""What a page says that its check found. The figures are the browser's own: bounded, not believed."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from server.classroom.check.findings import FINDINGS, known

Code = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Millis = Annotated[int, Field(ge=0, le=600_000)]
Rate = Annotated[int, Field(ge=0, le=10_000_000)]  # kbit/s
Share = Annotated[float, Field(ge=0, le=1)]
Path = Literal["udp", "turn-udp", "turn-tcp", "turn-tls"]


class Part(BaseModel):
    """One part of the check: the code is one of `findings`, or says that it was not tried."""

    model_config = ConfigDict(extra="forbid")

    code: Code


class Browser(Part):
    name: Words = ""
    system: Words = ""


class Device(Part):
    label: Words = ""


class Server(Part):
    ms: Millis | None = None


class Way(Part):
    """`relays` says of each way by the relay that was tried apart whether it leads through."""

    path: Path | None = None
    connect_ms: Millis | None = None
    node: Words = ""
    relays: dict[Path, bool] = Field(default_factory=dict)


class Speed(Part):
    up_kbps: Rate | None = None
    down_kbps: Rate | None = None


class Steadiness(Part):
    loss_up: Share | None = None
    loss_down: Share | None = None
    rtt_ms: Millis | None = None
    jitter_ms: Millis | None = None


class CheckForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    browser: Browser
    camera: Device
    microphone: Device
    speaker: Device
    server: Server
    way: Way
    speed: Speed
    steadiness: Steadiness

    @model_validator(mode="after")
    def _codes_are_known(self) -> Self:
        for part in FINDINGS:
            code = getattr(self, part).code
            if not known(part, code):
                raise ValueError(f"{part}: there is no finding {code!r}.")
        return self

    def found(self) -> dict[str, Any]:
        """As it is kept: what was not measured is left out."""
        return self.model_dump(exclude_none=True)
