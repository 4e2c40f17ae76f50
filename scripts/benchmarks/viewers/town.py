"""A namespace for the node, one for the publisher and one for each viewer, all joined to the node's.

What a viewer's network does wrong is done on the node's side of its cable (a rate limit) or where its
packets arrive (loss); delay and jitter are those of `relay`."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NODE_IP = "10.213.90.1"
PUBLISHER, CLEAN, TRIED = "publisher", "clean", "tried"
PLACES = (PUBLISHER, CLEAN, TRIED)
BURST_BYTES = 16_000  # of a rate limit
QUEUE_MS = 300  # what its queue holds, as in a home router


def command(*words: str, given: str | None = None) -> None:
    subprocess.run(words, check=True, input=given, text=True)


@dataclass(frozen=True)
class Town:
    """Names of namespaces by place; the node's has the name `node`."""

    node: str
    places: dict[str, str]

    def at_node(self, *words: str) -> list[str]:
        return ["ip", "netns", "exec", self.node, *words]

    def at(self, place: str, *words: str) -> list[str]:
        return ["ip", "netns", "exec", self.places[place], *words]

    def address(self, place: str) -> str:
        return f"10.213.{91 + PLACES.index(place)}.2"

    def cable(self, place: str) -> str:
        """The node's end of the cable to a place."""
        return f"to-{place}"

    def cap(self, place: str, kilobits: int) -> None:
        """Let no more than so much per second come to a place."""
        rate = ("rate", f"{kilobits}kbit", "burst", str(BURST_BYTES), "latency", f"{QUEUE_MS}ms")
        command(*self.at_node("tc", "qdisc", "replace", "dev", self.cable(place), "root", "tbf", *rate))

    def uncap(self, place: str) -> None:
        command(*self.at_node("tc", "qdisc", "del", "dev", self.cable(place), "root"))

    def lose(self, place: str, percent: int) -> None:
        """Drop so many of a hundred datagrams that arrive at a place and that leave it."""
        dropped = f"numgen random mod 100 < {percent} drop"
        rules = (
            "add table inet bad\n"
            "add chain inet bad arriving { type filter hook input priority 0; }\n"
            "add chain inet bad leaving { type filter hook output priority 0; }\n"
            f"add rule inet bad arriving meta l4proto udp {dropped}\n"
            f"add rule inet bad leaving meta l4proto udp {dropped}\n"
        )
        command(*self.at(place, "nft", "-f", "-"), given=rules)

    def lose_nothing(self, place: str) -> None:
        command(*self.at(place, "nft", "delete", "table", "inet", "bad"))


@contextlib.contextmanager
def town(places: Sequence[str] = PLACES) -> Iterator[Town]:
    """Needs root. Namespaces and cables are gone afterwards."""
    number = os.getpid()
    built = Town(f"bn{number}", {place: f"bn{number}{place}" for place in places})
    try:
        _ip("netns", "add", built.node)
        _ip("-n", built.node, "link", "set", "lo", "up")
        _ip("-n", built.node, "addr", "add", f"{NODE_IP}/32", "dev", "lo")
        for place in places:
            _join(built, place, f"bn{number}{place[0]}")
        yield built
    finally:
        for namespace in (built.node, *built.places.values()):
            subprocess.run(["ip", "netns", "del", namespace], check=False, stderr=subprocess.DEVNULL)


def _join(built: Town, place: str, link: str) -> None:
    namespace, address, cable = built.places[place], built.address(place), built.cable(place)
    gateway = address.removesuffix("2") + "1"
    _ip("netns", "add", namespace)
    _ip("link", "add", cable, "netns", built.node, "type", "veth", "peer", "name", link)
    _ip("link", "set", link, "netns", namespace)
    _ip("-n", built.node, "addr", "add", f"{gateway}/24", "dev", cable)
    _ip("-n", built.node, "link", "set", cable, "up")
    _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", link)
    _ip("-n", namespace, "link", "set", "lo", "up")
    _ip("-n", namespace, "link", "set", link, "up")
    _ip("-n", namespace, "route", "add", "default", "via", gateway)


def _ip(*words: str) -> None:
    command("ip", *words)
