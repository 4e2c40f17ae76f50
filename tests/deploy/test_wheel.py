"""The wheel alone, in an environment that has never seen this checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOOKS = """
import config, media, recommender, server, web
from pathlib import Path
for package in (config, media, recommender, server, web):
    assert Path(package.__path__[0]).is_relative_to({fresh!r}), package.__path__
assert (web.TEMPLATES / "layouts/base.html").is_file()
assert (web.STATIC / "js/room/messages.js").is_file()
assert list(Path(server.__path__[0]).glob("migrations/0001*.py"))
"""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with our wheel; the packages it depends on are this one's."""
    home = tmp_path_factory.mktemp("wheel")
    source = home / "source"
    for name in ("config", "server", "media", "recommender", "web"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    wheel = ("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(home), str(source))
    subprocess.run([*pip, *wheel], check=True, capture_output=True, cwd=home)
    made = home / "venv"
    venv.create(made, with_pip=False)
    site = next(made.glob("lib/python*/site-packages"))
    # as a path of its own, so that links back to a checkout in there are not followed
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = ("install", "--no-deps", "--target", str(site), *map(str, home.glob("*.whl")))
    subprocess.run([*pip, *install], check=True, capture_output=True, cwd=home)
    return made


def run(fresh: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(fresh / "bin/python"), *words]
    return subprocess.run(command, cwd=fresh, env={}, capture_output=True, text=True)


def test_it_brings_pages_files_and_migrations(fresh: Path) -> None:
    ended = run(fresh, "-c", LOOKS.format(fresh=str(fresh)))
    assert ended.returncode == 0, ended.stderr


def test_the_server_starts_from_it(fresh: Path) -> None:
    ended = run(fresh, "-m", "server", "--help")
    assert ended.returncode == 0, ended.stderr
    assert "usage: python -m server" in ended.stdout
