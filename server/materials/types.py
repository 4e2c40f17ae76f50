"""Which files may go with a session, known by their first bytes, and what they are called then. Pure.

A file's name ends as what it is: nobody's machine runs what calls itself a text."""

from __future__ import annotations

from collections.abc import Mapping

from server.edge.file_names import PICTURE_ENDINGS, clean_name
from server.edge.sniffing import media_type
from server.infra.errors import Invalid

# Texts that no system runs when they are opened.
TEXTS = (
    *("txt", "md", "csv", "tsv", "json", "ipynb", "tex", "bib", "srt", "vtt"),
    *("sql", "py", "r", "rb", "c", "h", "cpp", "java", "kt", "go", "rs", "php", "ts"),
    *("css", "xml", "yaml", "yml", "toml"),
)
# The first ending is given to files that have none of these.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "application/zip": ("zip", "docx", "pptx", "xlsx", "odt", "odp", "ods", "epub"),
    "image/gif": ("gif",),
    "image/jpeg": ("jpg",),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/wav": ("wav",),
    "video/mp4": ("mp4", "m4a", "m4v", "mov"),
    "video/webm": ("webm", "mkv"),
    "text/plain": TEXTS,
}
OFFICE: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "epub": "application/epub+zip",
}
REWRITTEN = frozenset(PICTURE_ENDINGS)  # pictures of cameras, which tell more than one sees
NOT_TAKEN = (
    "This kind of file is not taken. Choose a PDF, a document, a text, a picture, sound, video or a ZIP."
)


def looked_at(head: bytes) -> str:
    """The media type of a file by its beginning. Raises Invalid naming `file`."""
    kind = media_type(head)
    if kind not in ENDINGS:
        raise Invalid(fields={"file": NOT_TAKEN})
    return kind


def named(name: str, kind: str) -> str:
    """The name under which a file of this type is kept."""
    clean = clean_name(name, kind)
    ending = clean.rpartition(".")[2].lower() if "." in clean else ""
    return clean if ending in ENDINGS[kind] else f"{clean}.{ENDINGS[kind][0]}"


def served_as(name: str, kind: str) -> str:
    """The type that a download says: documents of office programs are archives too."""
    ending = name.rpartition(".")[2].lower()
    return OFFICE.get(ending, kind) if kind == "application/zip" else kind
