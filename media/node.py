"""One media node: its socket, its rooms, its control address; start, run, stop."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import ifaddr
from aiohttp import web

from config.settings import MediaSettings
from media.control import Control
from media.metrics import NodeMetrics
from media.protocol.codec import Message
from media.protocol.control import HEARTBEAT_S, Heartbeat, Node, QualityMinute
from media.protocol.register import Card
from media.recording.events import RecorderEvent, RecordingTrouble
from media.recording.recorder import Recorder
from media.registration import Registration
from media.rooms.registry import Registry
from media.rooms.services import Services
from media.stress import Stress
from media.transport.dtls import generate_certificate
from media.transport.udp import UdpEndpoint

SHUTDOWN_S = 3.0  # downloads of segments may take so long to end
TICK_S = 0.020  # the shortest timer of the packet path: a NACK is due 20 ms after a gap

log = logging.getLogger(__name__)


def own_addresses() -> tuple[str, ...]:
    """Every IPv4 address of an interface that is up, loopback last, link-local ones left out."""
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    usable = [address for address in found if not address.startswith(("169.254.", "127."))]
    return (*dict.fromkeys(usable), "127.0.0.1")


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _take_folder(folder: Path) -> TextIO:
    """The open lock of this node's folder: a second node would repair what the first still writes.

    Raises OSError when another node has it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "node.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise OSError(f"another media node uses {folder}; give each its own MEDIA_NODE_ID") from error
    return lock


class MediaNode:
    """`control_url` and `udp_port` hold once `start` is through."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._epoch = secrets.token_hex(8)
        self._clock: Callable[[], float] = time.monotonic
        self._metrics = NodeMetrics()
        self._tasks: list[asyncio.Task[None]] = []
        self._stress = Stress(settings.max_egress_mbps, settings.max_peers)
        self._registration: Registration | None = None
        self.control_url = settings.control_url

    @property
    def udp_port(self) -> int:
        return self._endpoint.port

    @property
    def id(self) -> str:
        return self._settings.node_id

    async def start(self) -> None:
        settings = self._settings
        self._loop = loop = asyncio.get_running_loop()
        self._folder = _take_folder(settings.data_dir)
        self._endpoint = await UdpEndpoint.open(
            settings.bind, settings.udp_port, self._metrics.counters.drop
        )
        self._recorder = Recorder(settings.data_dir / "segments", self._recorded, self._clock)
        self._services = self._served_by()
        self._registry = Registry(self._services)
        self._control = Control(
            settings.control_secret,
            self._introduce,
            self._pulse,
            self._registry,
            self._recorder,
            self._metrics,
            self._clock,
            wall_ms,
        )
        self._expose()
        self._recorder.salvage()
        await self._listen()
        self._tasks = [loop.create_task(self._tick()), loop.create_task(self._beat())]
        if settings.redis_url:
            self._registration = Registration(settings.redis_url, self._card)
            self._registration.start()

    def _served_by(self) -> Services:
        settings = self._settings
        return Services(
            endpoint=self._endpoint,
            certificate=generate_certificate(),
            advertised_ips=settings.advertised_ips or own_addresses(),
            recorder=self._recorder,
            metrics=self._metrics,
            clock=self._clock,
            wall_ms=wall_ms,
            say=self._say,
            keep=self._keep,
            strained=lambda: self._stress.strained,
        )

    async def stop(self) -> None:
        """Let servers go first, so that rooms move; then close rooms, transports and open segments. What
        is recorded stays for the next start."""
        if self._registration is not None:
            await self._registration.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._runner.cleanup()
        self._registry.close()
        await self._services.finish()
        await asyncio.to_thread(self._recorder.close)
        self._endpoint.close()
        self._folder.close()

    # --- inside

    def _say(self, message: Message) -> None:
        self._control.say(message)

    def _keep(self, minute: QualityMinute) -> None:
        self._control.keep(minute)

    def _recorded(self, event: RecorderEvent) -> None:
        """Called in the recorder's threads."""
        self._loop.call_soon_threadsafe(self._announce, event)

    def _announce(self, event: RecorderEvent) -> None:
        if isinstance(event, RecordingTrouble):
            self._metrics.counters.troubles[event.reason] += 1
            log.error("recording of %s in %s stopped: %s", event.key.source, event.key.room, event.reason)
        self._control.announce(event)

    async def _listen(self) -> None:
        host, _, port = self._settings.control_bind.rpartition(":")
        self._runner = web.AppRunner(
            self._control.application(), access_log=None, shutdown_timeout=SHUTDOWN_S
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, host.strip("[]"), int(port)).start()
        bound = self._runner.addresses[0]
        self.control_url = self._settings.control_url or f"http://{host}:{bound[1]}"

    def _introduce(self) -> Node:
        return Node(
            id=self.id,
            epoch=self._epoch,
            udp_port=self.udp_port,
            advertised_ips=list(self._services.advertised_ips),
            rooms=tuple(self._registry.names),
        )

    def _pulse(self) -> Heartbeat:
        return Heartbeat(
            rooms=self._registry.rooms,
            peers=self._peers(),
            stress=self._fullness(),
            disk_free_bytes=self._disk_free(),
            draining=self._control.draining,
        )

    def _card(self) -> Card:
        pulse = self._pulse()
        return Card(
            id=self.id,
            epoch=self._epoch,
            control_url=self.control_url,
            udp_port=self.udp_port,
            **pulse.model_dump(exclude={"type"}),
        )

    def _peers(self) -> int:
        return sum(1 for _ in self._registry.peers)

    def _fullness(self) -> float:
        return round(self._stress.value(self._peers()), 3)

    def _disk_free(self) -> int:
        return shutil.disk_usage(self._settings.data_dir).free

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + TICK_S, loop.time())
            await asyncio.sleep(due - loop.time())
            self._stress.tick(max(0.0, loop.time() - due))
            try:
                self._registry.poll(self._clock())
            except Exception:
                log.exception("a timer of a room failed")

    async def _beat(self) -> None:
        while True:
            sent = self._registry.traffic().octets["out"]
            self._stress.sample(self._clock(), time.process_time(), sent)
            await asyncio.sleep(HEARTBEAT_S)
            self._control.beat()

    def _expose(self) -> None:
        registry = self._registry
        self._metrics.expose(
            registry.traffic,
            registry.tracks,
            {
                "rooms": lambda: registry.rooms,
                "peers": self._peers,
                "loop_lag_seconds": lambda: self._stress.late_s,
                "stress": self._fullness,
                "disk_free_bytes": self._disk_free,
                "recorder_lag_seconds": self._recorder.lag,
                "recording_alarms": lambda: registry.recording_alarms,
                "recorder_bytes_total": lambda: self._recorder.bytes_written,
            },
        )
