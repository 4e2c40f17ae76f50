"""The gateway of this process, opened once, and where its stand-in listens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from config.settings import Settings
from server.infra.errors import Unavailable
from server.infra.http import open_http
from server.payments.gateway.answers import GatewayDown
from server.payments.gateway.client import Gateway

_gateway: Gateway | None = None


def gateway() -> Gateway:
    """Raises Unavailable where nothing can be paid."""
    if _gateway is None:
        raise Unavailable("Payments are not set up here.")
    return _gateway


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[None]:
    """While the block runs this process can speak with the provider, where there is one."""
    if not settings.stripe.on:
        yield
        return
    async with open_http() as http:
        with using(Gateway(settings.stripe.secret_key, http, base_of(settings))):
            yield


@contextmanager
def using(other: Gateway | None) -> Iterator[None]:
    """Run the block with this gateway."""
    global _gateway
    before, _gateway = _gateway, other
    try:
        yield
    finally:
        _gateway = before


def base_of(settings: Settings) -> Callable[[], str]:
    """Gives the address of the provider's API: set, Stripe's own (empty), or the stand-in's of now."""
    if not settings.stripe.sandbox:
        return lambda: settings.stripe.api_base
    return lambda: sandbox_base(settings.data_dir)


def sandbox_folder(data_dir: Path) -> Path:
    return data_dir / "sandbox"


def sandbox_base(data_dir: Path) -> str:
    """Where the stand-in listens, which it writes down when it starts. Raises GatewayDown."""
    try:
        told = (sandbox_folder(data_dir) / "address.json").read_text(encoding="utf-8")
        return str(json.loads(told)["base"])
    except (OSError, ValueError, KeyError):
        raise GatewayDown("the stand-in for the payment provider is not running") from None
