"""What a node counts, and how Prometheus reads it (names: docs/protocol.md, "Metrics").

The packet path adds to plain integers; the collector reads them when it is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

PREFIX = "peerlearn_media_"
LATENCY_SAMPLE = 64  # one packet in so many is timed: the clock costs more than the sum
LATENCY_BUCKETS_S = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05)
JOIN_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20)
TROUBLES = ("disk_full", "write_failed", "queue", "codec")  # why tracks are not recorded
DROP_REASONS = ("srtp_auth", "stun", "malformed", "queue", "unknown_address", "unknown_ssrc")


@dataclass(slots=True)
class Traffic:
    """RTP packets by (direction, kind) and bytes by direction."""

    packets: Counter[tuple[str, str]] = field(default_factory=Counter)
    octets: Counter[str] = field(default_factory=Counter)

    def add(self, direction: str, kind: str, packets: int, octets: int) -> None:
        self.packets[direction, kind] += packets
        self.octets[direction] += octets

    def copy(self) -> Traffic:
        return Traffic(self.packets.copy(), self.octets.copy())


class Counters:
    """Totals since the process started. `retired` is the traffic of tracks that are gone."""

    __slots__ = ("dropped", "nack_in", "pli_in", "retired", "rtx_in", "rtx_out", "troubles")

    def __init__(self) -> None:
        self.nack_in = self.pli_in = self.rtx_in = self.rtx_out = 0
        self.dropped: Counter[str] = Counter(dict.fromkeys(DROP_REASONS, 0))
        self.troubles: Counter[str] = Counter(dict.fromkeys(TROUBLES, 0))
        self.retired = Traffic()

    def drop(self, reason: str) -> None:
        """One datagram or packet that was not used."""
        self.dropped[reason] += 1


Gauges = dict[str, Callable[[], float]]


class NodeCollector(Collector):
    """The node's numbers, read at scrape time."""

    def __init__(
        self,
        counters: Counters,
        read_traffic: Callable[[], Traffic],
        read_tracks: Callable[[], Mapping[str, int]],
        gauges: Gauges,
    ) -> None:
        self._counters = counters
        self._read_traffic = read_traffic
        self._read_tracks = read_tracks
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        yield from self._traffic()
        tracks = GaugeMetricFamily(
            PREFIX + "tracks", "Tracks published and received", labels=["direction"]
        )
        for direction, count in self._read_tracks().items():
            tracks.add_metric([direction], count)
        yield tracks
        counters = self._counters
        for name, value in (("nack", counters.nack_in), ("pli", counters.pli_in)):
            yield CounterMetricFamily(PREFIX + name, f"{name.upper()} messages received", value)
        yield _labelled(
            "rtx", "Retransmissions", "direction", {"in": counters.rtx_in, "out": counters.rtx_out}
        )
        yield _labelled("dropped", "Datagrams and packets not used", "reason", counters.dropped)
        yield _labelled(
            "recording_troubles", "Tracks that could not be written", "reason", counters.troubles
        )
        for name, read in self._gauges.items():
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(PREFIX + name, name.replace("_", " "), read())

    def _traffic(self) -> Iterator[Metric]:
        traffic = self._read_traffic()
        packets = CounterMetricFamily(PREFIX + "packets", "RTP packets", labels=["direction", "kind"])
        for direction in ("in", "out"):
            for kind in ("audio", "video"):
                packets.add_metric([direction, kind], traffic.packets[direction, kind])
        yield packets
        octets = {direction: traffic.octets[direction] for direction in ("in", "out")}
        yield _labelled("bytes", "RTP bytes", "direction", octets)


def _labelled(name: str, text: str, label: str, values: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(PREFIX + name, text, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


class NodeMetrics:
    """A node's registry, its counters and its histograms."""

    def __init__(self) -> None:
        self.counters = Counters()
        self.registry = CollectorRegistry()
        self.forward_latency = Histogram(
            PREFIX + "forward_latency_seconds",
            "Receiving a packet until the last copy was sent (sampled)",
            buckets=LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self.join = Histogram(
            PREFIX + "join_seconds",
            "From the seat being made",
            ["stage"],
            buckets=JOIN_BUCKETS_S,
            registry=self.registry,
        )

    def expose(
        self,
        read_traffic: Callable[[], Traffic],
        read_tracks: Callable[[], Mapping[str, int]],
        gauges: Gauges,
    ) -> None:
        """Let Prometheus read what the node's parts know; called once, when they exist."""
        self.registry.register(NodeCollector(self.counters, read_traffic, read_tracks, gauges))
