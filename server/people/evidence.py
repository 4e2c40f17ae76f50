"""Files that prove something: certificates and degrees, as PDF or as a picture.

What a file is, its first bytes say, never its name or what the browser called it. Pictures are written
anew, so that nothing of what was sent is kept but what one sees. A PDF is kept as it is and never opened
here: it must begin and end as one, hold nothing that acts when it is opened, and be nothing else besides.
Only its owner and reviewers get it, as a download."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from server.infra.errors import Invalid
from server.people.gallery import gallery
from server.people.pictures import whole

MAX_BYTES = 10 * 1024 * 1024  # of the file that is sent
PDF, WEBP = "application/pdf", "image/webp"
ENDINGS = {PDF: ".pdf", WEBP: ".webp"}

PDF_HEAD = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)[\s%]")  # ISO 32000-2 §7.5.2
PDF_END = re.compile(rb"startxref\s+\d{1,10}\s+%%EOF\s*\Z")  # §7.5.5
PDF_ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?=[\s/(<\[])")
ALSO_MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|body|iframe|\?php|\?xml)", re.IGNORECASE)
ZIP_END = b"PK\x05\x06"  # in the last 64 kB of a ZIP: what a JAR or an Office file is known by
HEAD_BYTES, TAIL_BYTES = 1024, 66 * 1024
CHUNK = 1024 * 1024

NO_EVIDENCE = "Choose a PDF, or a picture as JPEG, PNG or WebP."
TOO_LARGE = f"This file is too large. Choose one below {MAX_BYTES // 1024 // 1024} MB."
NOT_WHOLE = (
    "This PDF is not complete, or something else stands before or behind it. Save it again as PDF."
)
ACTIVE = (
    "This PDF holds scripts or other files. Print it to a PDF, so that only what one sees is left in it."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a file is in the storage, and its true media type."""

    key: str
    media_type: str


async def take_in(source: BinaryIO) -> Kept:
    """Keep a file under a name that nobody can guess. Raises Invalid naming `file`, StorageDown."""
    place = gallery()
    path = place.incoming / uuid4().hex
    loop = asyncio.get_running_loop()
    try:
        media_type = await loop.run_in_executor(place.thread, _write, source, path)
        key = f"credentials/{secrets.token_hex(16)}{ENDINGS[media_type]}"
        await place.storage.put(key, path, media_type=media_type)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)
    return Kept(key, media_type)


def _write(source: BinaryIO, path: Path) -> str:
    """What is to be kept, to a file; its media type. Raises Invalid."""
    source.seek(0)
    if not source.read(5).startswith(b"%PDF-"):
        source.seek(0)
        path.write_bytes(whole(source, NO_EVIDENCE))
        return WEBP
    require_plain_pdf(source)
    source.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK)
    return PDF


def require_plain_pdf(source: BinaryIO) -> None:
    """Raises Invalid for what is no PDF alone, or one that acts. Memory does not grow with it."""
    end = source.seek(0, 2)
    source.seek(0)
    head = source.read(HEAD_BYTES)
    source.seek(max(0, end - TAIL_BYTES))
    tail = source.read()
    alone = PDF_HEAD.match(head) and PDF_END.search(tail[-HEAD_BYTES:])
    if not alone or ZIP_END in tail or ALSO_MARKUP.search(head):
        raise Invalid(fields={"file": NOT_WHOLE})
    if _acts(source):
        raise Invalid(fields={"file": ACTIVE})


def _acts(source: BinaryIO) -> bool:
    """Pieces overlap, so that no name hides between two of them."""
    source.seek(0)
    rest = b""
    while piece := source.read(CHUNK):
        if PDF_ACTS.search(rest + piece):
            return True
        rest = piece[-32:]
    return False
