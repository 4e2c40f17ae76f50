"""Whatever happens to money, in whatever order, with answers lost and events told again: the books are
true, nothing has an effect twice, and in the end the provider has what they say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.databases import BOTH
from tests.server.payments.history import History
from tests.server.payments.provider import running
from tests.server.payments.stage import in_cluster, in_files


@pytest.fixture(scope="module")
def provider_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A provider that nobody else uses: its balance is looked at."""
    with running(tmp_path_factory.mktemp("provider")) as base:
        yield base


@BOTH
@pytest.mark.parametrize(("code", "stories"), [("EUR", 10), ("JPY", 3), ("KWD", 3)])
def test_books_stay_true(
    request: pytest.FixtureRequest, database_kind: str, provider_base: str, code: str, stories: int
) -> None:
    if database_kind == "sqlite":
        made = in_files(request.getfixturevalue("sqlite_template"))
    else:
        made = in_cluster(request.getfixturevalue("postgres_template"))

    class Told(History):
        fresh, base, currency = staticmethod(made), provider_base, code

    usual = settings(
        max_examples=stories,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Told, settings=usual)
