"""What a link to a session shows where it is shared, and what it keeps to itself."""

from __future__ import annotations

import re
from html import unescape

from aiohttp.test_utils import TestClient

from server.booking.models import Session
from tests.server.booking.makers import cookie, draft, mentor, published
from tests.server.booking.test_pages import get


async def tags(http: TestClient, path: str, headers: dict[str, str] | None = None) -> dict[str, str]:
    status, page = await get(http, path, headers)
    assert status == 200
    return {
        name: unescape(text)
        for name, text in re.findall(r'property="(og:[\w:]+)" content="([^"]*)"', page)
    }


async def test_link_shows_title_words_picture_and_address(http: TestClient) -> None:
    session_id = await published(await mentor(), title="Closures & “scopes”")
    said = await tags(http, f"/sessions/{session_id}")
    assert said["og:title"] == "Closures & “scopes”"
    assert said["og:url"].endswith(f"/sessions/{session_id}")
    assert "Bring a laptop." in said["og:description"]
    assert said["og:image"].startswith(("http://", "https://"))
    picture = re.sub(r"^https?://[^/]+", "", said["og:image"])
    async with http.get(picture) as response:
        assert response.content_type == "image/png"


async def test_nothing_is_told_of_drafts_and_of_what_is_not_listed(http: TestClient) -> None:
    mira = await mentor()
    session_id = await published(mira)
    await Session.filter(id=session_id).update(listed=False)
    assert await tags(http, f"/sessions/{session_id}", await cookie(mira)) == {}
    draft_id = await draft(mira)
    assert await tags(http, f"/sessions/{draft_id}", await cookie(mira)) == {}
    assert (
        'name="robots" content="noindex"'
        in (await get(http, f"/sessions/{draft_id}", await cookie(mira)))[1]
    )


async def test_mentor_alone_is_offered_to_use_a_session_again(http: TestClient) -> None:
    mira = await mentor()
    path = f"/sessions/{await published(mira)}"
    assert f'action="{path}/again"' in (await get(http, path, await cookie(mira)))[1]
    for headers in (None, await cookie(await mentor("max"))):
        assert f'action="{path}/again"' not in (await get(http, path, headers))[1]
