"""Whatever happens to money, in whatever order, with answers lost and events told again: the books are
true, nothing has an effect twice, and in the end the provider has what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.server.payments.history import History
from tests.server.payments.provider import running


@pytest.fixture(scope="module")
def provider_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A provider that nobody else uses: its balance is looked at."""
    with running(tmp_path_factory.mktemp("provider")) as base:
        yield base


def test_books_stay_true(sqlite_template: Path, provider_base: str) -> None:
    class Told(History):
        template, base = sqlite_template, provider_base

    usual = settings(
        max_examples=10,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Told, settings=usual)
