"""Commands of the distribution that a benchmark needs, installed when they are missing."""

from __future__ import annotations

import shutil
import subprocess


def need(command: str, package: str) -> None:
    if shutil.which(command) is None:
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
            check=True,
            stdout=subprocess.DEVNULL,
        )
