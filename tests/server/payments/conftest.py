"""Fixtures that the tests of payments share."""

from __future__ import annotations

from tests.server.payments.buyers import true_books
from tests.server.payments.provider import provider, provider_base

__all__ = ["provider", "provider_base", "true_books"]
