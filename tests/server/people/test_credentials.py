"""Evidence that people send in: what is taken and kept of it, who gets it, and what is shown."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient
from PIL import Image

from server.edge.access import Viewer
from server.infra import clock
from server.infra.errors import Invalid
from server.people.credentials import (
    MAX_CREDENTIALS,
    CredentialStatus,
    NewCredential,
    ShownCredential,
    add_credential,
    own_credentials,
    shown_credentials,
)
from server.people.evidence import MAX_BYTES, require_plain_pdf
from server.people.gallery import gallery
from server.people.models import Credential
from server.people.pictures import READABLE, whole
from tests.databases import BOTH
from tests.factories import answer
from tests.server.booking.makers import bearer, cookie, person, skill
from tests.server.people.drawing import SCRIPT, SVG, bomb, from_a_camera, picture

API = "/api/v1/users/me/credentials"
PAGE = "/profile/edit/credentials"
FIELDS = {"title": "MSc in Statistics", "issuer": "University of Ljubljana", "year": "2019"}
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\nstartxref\n9\n%%EOF\n"


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Main-Class: Evil")
    return written.getvalue()


def form(content: bytes | None, name: str = "msc.pdf", **fields: str) -> FormData:
    sent = FormData()
    for key, value in {**FIELDS, **fields}.items():
        sent.add_field(key, value)
    if content is not None:
        sent.add_field("file", content, filename=name, content_type="text/html")
    return sent


async def send(http: TestClient, viewer: Viewer, content: bytes | None, *more: str, **fields: str) -> Any:
    headers = await bearer(viewer)
    async with http.post(API, data=form(content, *more, **fields), headers=headers) as response:
        return await answer(response)


async def download(http: TestClient, viewer: Viewer, credential: str, page: str = PAGE) -> Any:
    async with http.get(f"{page}/{credential}/file", headers=await bearer(viewer)) as response:
        return response.status, response.headers, await response.read()


# --- what is taken


def padded(head: bytes) -> bytes:
    return PDF[:9] + head + b"\n" * 2048 + PDF[9:]


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + PDF,
        b"\n" + PDF,
        PDF[:-20],
        PDF + b"<script>alert(1)</script>",
        PDF + zipped(),
        PDF[:-7] + zipped() + b"\nstartxref\n9\n%%EOF\n",
        padded(b"<html><body>"),
        padded(b"<?php system($_GET[0]);"),
        padded(b"< SVG onload=alert(1)>"),
        PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        PDF.replace(b"/Catalog", b"/Catalog/Names<</EmbeddedFiles<<>>>>"),
        PDF.replace(b"/Catalog", b"/Catalog/AA<</S/Launch/F(cmd.exe)>>"),
        PDF.replace(b"-1.7", b"-9.9"),
        b"%PDF-",
    ],
    ids=range(14),
)
def test_pdf_that_is_something_else_too_or_does_something_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        require_plain_pdf(io.BytesIO(content))
    assert list(refused.value.fields) == ["file"]


def test_no_name_hides_where_two_pieces_meet() -> None:
    for place in range(1024 * 1024 - 16, 1024 * 1024 + 2):
        content = PDF[:15] + b" " * (place - 15) + b"/JavaScript (x)" + PDF[15:]
        with pytest.raises(Invalid):
            require_plain_pdf(io.BytesIO(content))


def test_plain_pdfs_are_fine() -> None:
    for content in (PDF, PDF.replace(b"-1.7", b"-2.0"), PDF.rstrip(), PDF.replace(b"\n", b"\r\n")):
        require_plain_pdf(io.BytesIO(content))


@pytest.mark.parametrize(
    ("size", "kept"),
    [((3000, 1500), (READABLE, READABLE // 2)), ((200, 120), (200, 120)), ((60, 4000), (22, READABLE))],
)
def test_picture_keeps_its_shape_and_can_be_read(size: tuple[int, int], kept: tuple[int, int]) -> None:
    assert Image.open(io.BytesIO(whole(io.BytesIO(picture(size=size)), "no"))).size == kept


def test_picture_stands_upright_without_place_and_camera() -> None:
    image = Image.open(io.BytesIO(whole(io.BytesIO(from_a_camera() + SCRIPT), "no")))
    assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (120, 200), {})


MEASURE = """
import re, sys
from pathlib import Path
from server.infra.errors import Invalid
from server.people.pictures import whole

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

whole(open(sys.argv[2], "rb"), "")
before = peak()
try:
    whole(open(sys.argv[1], "rb"), "")
except Invalid:
    pass
print((peak() - before) // 1024)
"""


@pytest.mark.parametrize(
    ("kind", "mode", "size", "more"),
    [
        ("JPEG", "RGB", (4080, 3072), {}),
        ("JPEG", "RGB", (4000, 2980), {"progressive": True, "subsampling": 0}),
        ("PNG", "RGB", (4800, 3740), {}),
        ("PNG", "RGBA", (3200, 2490), {}),
        ("WEBP", "RGB", (2500, 2050), {"lossless": True, "method": 0}),
    ],
)
def test_largest_pictures_take_less_than_100_megabytes(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], more: dict[str, Any]
) -> None:
    large, small = tmp_path / "large", tmp_path / "small"
    Image.new(mode, size).save(large, kind, **more)
    small.write_bytes(picture(kind))
    command = [sys.executable, "-c", MEASURE, str(large), str(small)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert int(said) < 100


# --- sending and getting it


@BOTH
async def test_evidence_is_its_owners_and_reviewers_alone(
    http: TestClient, run_jobs: Callable[[], Awaitable[int]]
) -> None:
    await skill("statistics", "Statistics")
    anna, ben, root = await person("anna"), await person("ben"), await person("root", "admin")
    sent = await send(http, anna, PDF, '../../etc/pass"wd.html', skill="statistics", level="advanced")
    assert sent.status == 201
    (one,) = sent.data
    assert (one["status"], one["skill"], one["media_type"]) == (
        "submitted",
        "Statistics",
        "application/pdf",
    )
    status, headers, content = await download(http, anna, one["id"])
    assert (status, content, headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert headers["Content-Disposition"].startswith('attachment; filename="MSc in Statistics.pdf"')
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert "no-store" in headers["Cache-Control"]
    staff = "/dashboard/admin/credentials"
    found = [(await download(http, who, one["id"], page))[0] for who, page in ((ben, PAGE), (ben, staff))]
    assert found == [404, 403]
    assert (await download(http, root, one["id"], staff))[2] == PDF
    async with http.delete(f"{API}/{one['id']}", headers=await bearer(ben)) as refused:
        assert refused.status == 404
    async with http.delete(f"{API}/{one['id']}", headers=await bearer(anna)) as gone:
        assert (await answer(gone)).data == []
    await run_jobs()
    assert list(gallery().storage._root.rglob("*.pdf")) == []  # type: ignore[attr-defined]


async def test_picture_comes_back_as_webp_whatever_it_was_called(http: TestClient) -> None:
    anna = await person("anna")
    sent = await send(http, anna, from_a_camera() + SCRIPT, "x.svg")
    _, headers, content = await download(http, anna, sent.data[0]["id"])
    assert (headers["Content-Type"], content[:4], b"script" in content) == ("image/webp", b"RIFF", False)
    names = [path.name for path in gallery().storage._root.rglob("*") if path.is_file()]  # type: ignore[attr-defined]
    assert all(re.fullmatch(r"[0-9a-f]{32}\.webp", name) for name in names)


@pytest.mark.parametrize(
    "content",
    [SVG, bomb(), zipped(), b"", b"MZ" + bytes(500), b"x" * (MAX_BYTES + 1), PDF + SCRIPT, None],
)
async def test_what_is_no_evidence_is_refused_and_nothing_is_left(
    http: TestClient, content: bytes | None
) -> None:
    refused = await send(http, await person("anna"), content)
    assert (refused.status, list(refused.fields)) == (422, ["file"])
    assert list(gallery().incoming.iterdir()) == []
    assert await Credential.all().count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " x "),
        ("title", "Ask at mira@example.org"),
        ("issuer", "+49 30 1234567"),
        ("year", "1492"),
        ("year", "2999"),
        ("year", "last"),
        ("skill", "sorcery"),
        ("level", ""),
        ("level", "wizard"),
    ],
)
async def test_wrong_field_is_said_and_what_was_typed_stays(
    http: TestClient, field: str, value: str
) -> None:
    await skill("statistics", "Statistics")
    anna = await person("anna")
    typed = {"skill": "statistics", "level": "advanced", field: value}
    headers = await cookie(anna)
    async with http.get(PAGE, headers=headers) as page:
        token = re.search(r'name="csrf_token" value="([^"]+)"', await page.text())
    assert token
    sent = form(PDF, csrf_token=token[1], **typed)
    async with http.post(PAGE, data=sent, headers=headers) as refused:
        text = await refused.text()
    assert (refused.status, f'id="{field}-error"' in text) == (422, True)
    kept = {**FIELDS, field: value}
    assert all(f'value="{kept[name].strip()}"' in text.replace('" x "', '"x"') for name in FIELDS)


async def test_there_is_an_end_to_how_many_and_how_often(http: TestClient) -> None:
    anna, ben = await person("anna"), await person("ben")
    for number in range(MAX_CREDENTIALS):
        await Credential.create(user_id=anna.user_id, title=f"No {number}", created_at=clock.now())
    assert (await send(http, anna, PDF)).code == "too_many"
    tried = [(await send(http, ben, b"nothing")).status for _ in range(21)]
    assert (tried[0], tried[-1]) == (422, 429)


@BOTH
async def test_everybody_sees_what_was_reviewed_as_such_and_nothing_rejected(http: TestClient) -> None:
    anna = await person("anna")
    for title in ("Claimed", "Seen", "Refused"):
        await add_credential(anna.user_id, NewCredential(title, "", 2020, "", ""), io.BytesIO(picture()))
    await Credential.filter(title="Seen").update(status=CredentialStatus.VERIFIED)
    await Credential.filter(title="Refused").update(
        status=CredentialStatus.REJECTED, reason="Unreadable."
    )
    assert await shown_credentials(anna.user_id) == [
        ShownCredential("Seen", "", 2020, True),
        ShownCredential("Claimed", "", 2020, False),
    ]
    assert [one.title for one in await own_credentials(anna.user_id)] == ["Refused", "Seen", "Claimed"]
    async with http.get(PAGE, headers=await cookie(anna)) as page:
        text = await page.text()
    assert "Unreadable." in text
    assert text.count("Waiting for review") == 1
