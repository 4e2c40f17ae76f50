"""Fixtures that the tests of settlement share: lessons that are paid at the stand-in for the provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.booking.makers import payments
from tests.server.payments.buyers import true_books
from tests.server.payments.provider import provider, provider_base

__all__ = ["provider", "provider_base", "true_books"]


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield
