"""How every test starts Chromium: the distribution's, quiet, with fake devices, media on loopback."""

from __future__ import annotations

import shutil

from playwright.async_api import expect

CHROMIUM = shutil.which("chromium") or "chromium"
# The same engine without the windows around it: a page costs a third. For pages that are read.
SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
]
PATIENCE_MS = 60_000  # for what no test sets a time to; machines that test are busy
ALLOW_DEVICES = "--use-fake-ui-for-media-stream"  # without it the page is asked for permission

expect.set_options(timeout=PATIENCE_MS)
