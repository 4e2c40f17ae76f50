"""What is taught, and the sessions that are its dates."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest

from server.booking import service
from server.booking.forms import SessionChanges
from server.booking.models import Offering, Session
from server.booking.times import next_mark
from server.infra import clock
from server.infra.db import connection
from server.infra.errors import Invalid
from tests.databases import BOTH
from tests.server.booking.makers import draft, form, mentor

pytestmark = [pytest.mark.usefixtures("database"), BOTH]


async def test_sessions_of_one_title_are_dates_of_one_offering() -> None:
    mira, max_ = await mentor(), await mentor("max")
    later = next_mark(clock.now()) + timedelta(days=2)
    ids = [await draft(mira), await draft(mira, later), await draft(mira, title="Decorators")]
    ids.append(await draft(max_))
    offerings = [(await Session.get(id=session_id)).offering_id for session_id in ids]
    assert offerings[0] == offerings[1]
    assert len(set(offerings)) == 3
    assert await Offering.filter(mentor_id=mira.user_id).count() == 2


async def test_further_date_of_an_offering_may_be_called_otherwise() -> None:
    mira = await mentor()
    first = await Session.get(id=await draft(mira))
    second = await Session.get(id=await draft(mira, title="The same", offering_id=str(first.offering_id)))
    assert second.offering_id == first.offering_id
    assert await Offering.all().count() == 1


async def test_offering_of_somebody_else_is_refused() -> None:
    first = await Session.get(id=await draft(await mentor("max")))
    mira = await mentor()
    for foreign in (first.offering_id, uuid4()):
        with pytest.raises(Invalid) as refused:
            await draft(mira, offering_id=str(foreign))
        assert "offering_id" in refused.value.fields
    assert await Session.filter(mentor_id=mira.user_id).count() == 0


async def test_offering_takes_the_new_title_of_its_only_session() -> None:
    mira = await mentor()
    first = await draft(mira)
    await service.change_session(first, mira, SessionChanges(title="Scopes"))
    assert (await Offering.get()).title == "Scopes"
    await draft(mira, title="Scopes")
    await service.change_session(first, mira, SessionChanges(title="Scopes in depth"))
    assert (await Offering.get()).title == "Scopes"


async def test_lesson_of_the_past_has_an_offering_too() -> None:
    mira = await mentor()
    past = next_mark(clock.now()) - timedelta(days=3)
    session_id = await service.record_past_session(mira, form(past), [])
    assert (await Session.get(id=session_id)).offering_id == (await Offering.get()).id


async def test_sessions_of_old_get_their_offerings_from_the_migration() -> None:
    mira, max_ = await mentor(), await mentor("max")
    later = next_mark(clock.now()) + timedelta(days=2)
    ids = [
        await draft(mira, later),
        await draft(mira),
        await draft(max_),
        await draft(mira, title="Scopes"),
    ]
    await Session.all().update(offering_id=None)
    await Offering.all().delete()
    step = import_module("server.migrations.0013_offerings_of_sessions").Migration.operations[0]
    for statement in step.sql:
        await connection().execute_script(statement)
    offerings = [(await Session.get(id=session_id)).offering_id for session_id in ids]
    assert offerings == [ids[1], ids[1], ids[2], ids[3]]
    assert await Offering.all().count() == 3
