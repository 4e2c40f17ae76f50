"""Payments' part of a process's life: the gateway is open, and booking knows that seats can be paid."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from config.settings import Settings
from server.booking.paying import Payments, paid_by
from server.edge.keys import SETTINGS
from server.payments.checkout.statuses import papers_of, pay_path, payment_statuses
from server.payments.gateway.current import open_gateway
from server.payments.least import least_minor


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    async with open_payments(app[SETTINGS]):
        yield


@asynccontextmanager
async def open_payments(settings: Settings) -> AsyncIterator[None]:
    """Where there is a provider, priced sessions can be published and booked; a worker needs it, too."""
    least = least_minor(settings.currency)
    taken = Payments(pay_path, payment_statuses, least, papers_of) if settings.stripe.on else None
    async with open_gateway(settings):
        with paid_by(taken):
            yield
