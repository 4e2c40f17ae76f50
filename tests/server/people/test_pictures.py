"""What people send as their picture, and what is kept of it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient
from PIL import Image

from config.settings import Settings
from server.infra.errors import Invalid
from server.people.gallery import gallery
from server.people.models import Profile
from server.people.pictures import LARGE, MAX_BYTES, SMALL, reencoded
from server.people.privacy import Audience, Privacy, set_privacy
from tests.databases import BOTH
from tests.factories import Api, answer
from tests.server.booking.makers import bearer, person
from tests.server.people.drawing import SCRIPT, SVG, bomb, from_a_camera, picture

AVATAR = "/api/v1/users/me/avatar"


async def put(
    http: TestClient,
    headers: dict[str, str],
    content: bytes,
    name: str = "me.png",
    kind: str = "image/png",
) -> Any:
    form = FormData()
    form.add_field("file", content, filename=name, content_type=kind)
    async with http.put(AVATAR, data=form, headers=headers) as response:
        return await answer(response)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


# --- what is kept


MODES = {
    "PNG": ("RGB", "RGBA", "L", "P", "1", "LA", "I;16"),
    "JPEG": ("RGB", "L", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
}


@pytest.mark.parametrize(
    ("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes]
)
def test_whatever_comes_is_kept_as_webp_squares(kind: str, mode: str) -> None:
    image = Image.new("L", (90, 60), 99) if mode == "I;16" else Image.new("RGB", (90, 60), "red")
    written = io.BytesIO()
    image.convert(mode).save(written, kind)
    written.seek(0)
    kept = reencoded(written)
    assert [(opened(each).format, opened(each).size) for each in kept.values()] == [
        ("WEBP", (size, size)) for size in (SMALL, LARGE)
    ]


def test_picture_stands_upright_and_tells_nothing_of_the_place() -> None:
    kept = reencoded(io.BytesIO(from_a_camera()))[LARGE]
    image = opened(kept).convert("RGB")
    top, bottom = image.getpixel((LARGE // 2, 20)), image.getpixel((LARGE // 2, LARGE - 20))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[2] > 200, bottom[0] > 200) == (True, True)  # the left half was blue
    assert dict(opened(kept).getexif()) == {}
    assert b"EXIF" not in kept
    assert b"Camera" not in kept


def test_nothing_behind_a_picture_is_kept() -> None:
    for kept in reencoded(io.BytesIO(picture("JPEG", comment=SCRIPT) + SCRIPT)).values():
        assert b"script" not in kept


def test_transparent_is_paper() -> None:
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    written = io.BytesIO()
    image.save(written, "PNG")
    written.seek(0)
    assert opened(reencoded(written)[SMALL]).convert("RGB").getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"",
        b"\x00" * 100,
        b"GIF89a" + bytes(200),
        picture("GIF"),
        picture("TIFF"),
        picture("BMP"),
        picture("PNG")[:60],
        picture("JPEG")[:200],
        picture("WEBP")[:-30],
        b"%PDF-1.7 " + picture("JPEG"),
        b"<html>" + SCRIPT,
        picture(size=(47, 400)),
        bomb(),
    ],
    ids=range(14),
)
def test_what_is_no_fit_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        reencoded(io.BytesIO(content))
    assert list(refused.value.fields) == ["file"]


MEASURE = """
import re, sys
from pathlib import Path
from server.infra.errors import Invalid
from server.people.pictures import reencoded

def peak():  # kB; unlike ru_maxrss it knows nothing of the process that started this one
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

reencoded(open(sys.argv[2], "rb"))  # what Pillow loads once
before = peak()
try:
    reencoded(open(sys.argv[1], "rb"))
    taken = "yes"
except Invalid:
    taken = "no"
print(taken, (peak() - before) // 1024)
"""


@pytest.mark.parametrize(
    ("kind", "mode", "size", "more", "taken"),
    [
        ("JPEG", "RGB", (4080, 3072), {}, "yes"),  # a telephone's
        ("JPEG", "RGB", (5200, 3840), {"subsampling": 0}, "yes"),
        ("JPEG", "RGB", (4080, 3200), {"progressive": True, "subsampling": 0}, "yes"),
        ("PNG", "RGB", (5200, 3840), {}, "yes"),
        ("PNG", "RGBA", (3400, 2600), {}, "yes"),
        ("PNG", "P", (3400, 2600), {}, "yes"),
        ("WEBP", "RGB", (2700, 2100), {"lossless": True, "method": 0}, "yes"),
        ("PNG", "1", (16_000, 16_000), {}, "no"),
        ("WEBP", "RGB", (6000, 6000), {"method": 0}, "no"),
    ],
)
def test_largest_pictures_take_less_than_100_megabytes(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], more: dict[str, Any], taken: str
) -> None:
    large, small = tmp_path / "large", tmp_path / "small"
    image = Image.new(mode, size)
    image.save(large, kind, **more)
    small.write_bytes(picture(kind))
    command = [sys.executable, "-c", MEASURE, str(large), str(small)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert said[0] == taken
    assert int(said[1]) < 100


# --- sending and serving it


@BOTH
async def test_picture_is_served_in_two_sizes_and_the_former_one_is_gone(
    http: TestClient, run_jobs: Callable[[], Awaitable[int]]
) -> None:
    headers = await bearer(await person("anna"))
    first = (await put(http, headers, picture())).data["picture"]
    second = (await put(http, headers, from_a_camera(), "me.jpg", "image/jpeg")).data["picture"]
    await run_jobs()
    assert (await http.get(first)).status == 404
    for size in (SMALL, LARGE):
        async with http.get(second.replace(f"-{LARGE}.", f"-{size}.")) as served:
            assert served.content_type == "image/webp"
            assert served.headers["X-Content-Type-Options"] == "nosniff"
            assert "immutable" in served.headers["Cache-Control"]
            assert opened(await served.read()).size == (size, size)
    kept = {path.name for path in gallery().storage._root.rglob("*.webp")}  # type: ignore[attr-defined]
    assert len(kept) == 2


async def test_no_name_leads_out_of_the_gallery(http: TestClient, database: Settings) -> None:
    headers = await bearer(await person("anna"))
    for name in ("../../etc/passwd", "..\\x.html", "x.php", "a" * 5000, '"><script>.svg'):
        found = await put(http, headers, picture(), name)
        assert found.data["picture"].startswith("/media/pictures/")
    files = [path for path in database.data_dir.rglob("*") if path.is_file()]
    assert {path.suffix for path in files if "sqlite" not in path.name} <= {".webp", ""}
    for name in ("..%2f..%2fpeerlearn.sqlite3", "a.webp", f"{'0' * 32}-{SMALL}.webp", "%00"):
        async with http.get(f"/media/pictures/{name}") as served:
            assert served.status == 404


async def test_original_bytes_are_never_served(http: TestClient) -> None:
    headers = await bearer(await person("anna"))
    both = picture("JPEG") + SCRIPT
    address = (await put(http, headers, both, "me.html", "text/html")).data["picture"]
    async with http.get(address) as served:
        content = await served.read()
    assert (served.content_type, b"script" in content, content[:4]) == ("image/webp", False, b"RIFF")


async def test_refused_picture_leaves_the_one_that_is_there(http: TestClient) -> None:
    headers = await bearer(await person("anna"))
    address = (await put(http, headers, picture())).data["picture"]
    for content in (SVG, bomb(), b"x" * (MAX_BYTES + 1)):
        refused = await put(http, headers, content)
        assert (refused.status, list(refused.fields)) == (422, ["file"])
    assert (await http.get(address)).status == 200
    assert (await put(http, headers, b"x" * (MAX_BYTES + 2**20))).status == 413


async def test_form_without_a_file_is_refused(http: TestClient) -> None:
    headers = await bearer(await person("anna"))
    async with http.put(AVATAR, data={"file": "words"}, headers=headers) as response:
        assert response.status == 422
    async with http.put(AVATAR, json={"file": "words"}, headers=headers) as response:
        assert response.status == 415


async def test_body_of_others_stays_small(http: TestClient) -> None:
    """Who is not signed in, or writes elsewhere, sends no megabytes."""
    assert (await put(http, {}, b"x" * 2**21)).status in (401, 413)
    headers = await bearer(await person("anna"))
    body = {"name": "x" * 2**21}
    async with http.patch("/api/v1/users/me", json=body, headers=headers) as response:
        assert response.status == 413


async def test_removed_picture_is_nobodys(
    http: TestClient, run_jobs: Callable[[], Awaitable[int]]
) -> None:
    headers = await bearer(await person("anna"))
    address = (await put(http, headers, picture())).data["picture"]
    async with http.delete(AVATAR, headers=headers) as response:
        assert (await answer(response)).data["picture"] == ""
    await run_jobs()
    assert (await http.get(address)).status == 404
    assert (await Profile.get()).picture == ""


async def test_hidden_picture_is_not_served_to_who_knew_its_address(http: TestClient) -> None:
    anna, ben = await person("anna"), await person("ben")
    headers = await bearer(anna)
    address = (await put(http, headers, picture())).data["picture"]
    await set_privacy(anna.user_id, Privacy(picture=Audience.MEMBERS))
    found = [(await http.get(address, headers=each)).status for each in ({}, await bearer(ben), headers)]
    assert found == [404, 200, 200]
    async with http.get(address, headers=headers) as served:
        assert served.headers["Cache-Control"].startswith("private")
    await set_privacy(anna.user_id, Privacy(picture=Audience.NOBODY))
    found = [(await http.get(address, headers=each)).status for each in (await bearer(ben), headers)]
    assert found == [404, 200]


async def test_too_many_pictures_are_throttled(http: TestClient) -> None:
    api = Api(http)
    headers = await bearer(await person("anna"))
    tried = [(await put(http, headers, SVG)).status for _ in range(31)]
    assert (tried[0], tried[-1]) == (422, 429)
    assert (await api.get("/users/anna")).status == 200
