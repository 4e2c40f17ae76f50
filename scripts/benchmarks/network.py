"""Two network namespaces joined by a veth pair: servers in one, load in the other.

Janus uses no loopback address, and nothing of a benchmark should leave the machine."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

SUBNET = "10.213.87"


@dataclass(frozen=True)
class Network:
    """Names of the namespaces, and the address of each."""

    servers: str
    clients: str
    server_ip: str = f"{SUBNET}.1"
    client_ip: str = f"{SUBNET}.2"

    def in_servers(self, *command: str) -> list[str]:
        return ["ip", "netns", "exec", self.servers, *command]

    def in_clients(self, *command: str) -> list[str]:
        return ["ip", "netns", "exec", self.clients, *command]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def private_network() -> Iterator[Network]:
    """Needs root. Both namespaces and the pair between them are gone afterwards."""
    number = os.getpid()
    network = Network(f"bench{number}s", f"bench{number}c")
    ends = (
        (network.servers, f"bs{number}", network.server_ip),
        (network.clients, f"bc{number}", network.client_ip),
    )
    try:
        for namespace, _, _ in ends:
            _ip("netns", "add", namespace)
        _ip("link", "add", ends[0][1], "type", "veth", "peer", "name", ends[1][1])
        for namespace, link, address in ends:
            _ip("link", "set", link, "netns", namespace)
            _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", link)
            _ip("-n", namespace, "link", "set", link, "up")
            _ip("-n", namespace, "link", "set", "lo", "up")
        yield network
    finally:
        for namespace, _, _ in ends:
            subprocess.run(["ip", "netns", "del", namespace], check=False, stderr=subprocess.DEVNULL)
