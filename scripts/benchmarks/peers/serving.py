"""The Django peer on Daphne, in a virtual environment made on demand outside the repository and kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

SETTINGS = "django_site.settings"
STOP_WITHIN_S = 10
HERE = Path(__file__).parent
PINS = HERE / "requirements.txt"
DONE = "complete"


@contextlib.contextmanager
def start_django(folder: Path, port: int, **settings: str) -> Iterator[int]:
    """Daphne with our Django project, ended with the block; gives its process. `settings` are its
    environment."""
    programs = django_environment()
    folder.mkdir(parents=True, exist_ok=True)
    command = [programs / "python", "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port)]
    kept = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    with (folder / "daphne.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "django_site.asgi:application"],
            cwd=HERE,
            env={**kept, "DJANGO_SETTINGS_MODULE": SETTINGS, **settings},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(STOP_WITHIN_S)


def django_environment() -> Path:
    """The folder of the environment's programs, with what `requirements.txt` pins."""
    pins = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = _cache() / f"django-{pins}"
    if not (folder / DONE).exists():
        print("Installing Django, Channels and Daphne for the comparison …", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", PINS], check=True, stderr=subprocess.DEVNULL)
        (folder / DONE).touch()
    return folder / "bin"


def _cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "peerlearn-bench"
