"""Which layer of each track a receiver gets of what its way takes (`estimate`).

Audio always goes. The lowest layer of every track comes before a better one of any, then screens, the
speaker's camera, the mentor's and the others'. A layer goes down at once; it goes up where it fits with
something to spare, and for ten seconds after the network took one away it does not. That begins while
the network is slow, so it delays nobody for longer than that once it no longer is.

Nothing here reaches a publisher: what one receiver can't take goes on for the others.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

CHANGE = 0.15  # of the estimate, that is worth a new look
LOOK_S = 5.0
HOLD_S = 10.0
SPARE = 1.1  # what goes up must fit with a tenth to spare: layers' bitrates swing
SPARE_ANEW = 1.2  # what begins again, with a fifth: pictures that come and go are worse than none
TOLERANCE = 1.15  # the lowest stays where it is a little too much: a cut estimate is a cautious one

Wanted = Mapping[Hashable, int | None]


@dataclass(frozen=True, slots=True)
class Demand:
    """A track that a receiver shows. The lower the `rank`, the sooner it is served.

    `bitrates` are bit/s by layer from the lowest up, None for one that is not alive. Layers above `most`
    are of no use at the size it is shown. `tolerance` is how much too large the lowest one may be before
    it is given up."""

    key: Hashable
    rank: int
    bitrates: tuple[float | None, ...]
    most: int
    tolerance: float = TOLERANCE

    @property
    def choices(self) -> tuple[tuple[int, float], ...]:
        """(layer, bit/s) of the useful ones from the lowest up, one at least; they cost more and more,
        whatever was measured in a moment."""
        alive = [(index, rate) for index, rate in enumerate(self.bitrates) if rate is not None]
        useful = [choice for choice in alive if choice[0] <= self.most] or alive[:1] or [(0, 0.0)]
        dearest = 0.0
        choices = []
        for index, rate in useful:
            dearest = max(dearest, rate)
            choices.append((index, dearest))
        return tuple(choices)

    def cost(self, layer: int | None) -> float:
        """Bit/s of a layer, or of the next best one below; nothing of None."""
        if layer is None:
            return 0.0
        fits = [rate for index, rate in self.choices if index <= layer]
        return fits[-1] if fits else self.choices[0][1]


class Allocation:
    """One receiver's. `wanted` is the layer of each track, None for one that does not fit."""

    def __init__(self) -> None:
        self.wanted: dict[Hashable, int | None] = {}
        self._shown: tuple[tuple[Hashable, int, int, tuple[int, ...]], ...] = ()
        self._estimate = 0.0
        self._looked_at = float("-inf")
        self._held_until: dict[Hashable, float] = {}

    def update(
        self, demands: Sequence[Demand], audio: float, estimate: float, now: float, *, limited: bool
    ) -> Wanted:
        """Look again where something changed; `audio` is bit/s. Before the network is `limited`, which it
        is once it has refused something, every track has its lowest layer at least."""
        demands = sorted(demands, key=lambda demand: demand.rank)
        shown = tuple(
            (demand.key, demand.rank, demand.most, tuple(index for index, _ in demand.choices))
            for demand in demands
        )
        same = shown == self._shown
        moved = abs(estimate - self._estimate) > CHANGE * self._estimate
        if same and not moved and now - self._looked_at < LOOK_S and not self._released(now):
            return self.wanted
        if not same:
            self._let_go(demands)
        chosen = self._choose(demands, max(0.0, estimate - audio), now, limited)
        if same:
            self._hold(chosen, now)
        self._shown, self._estimate, self._looked_at, self.wanted = shown, estimate, now, chosen
        return chosen

    def _choose(
        self, demands: Sequence[Demand], budget: float, now: float, limited: bool
    ) -> dict[Hashable, int | None]:
        chosen: dict[Hashable, int | None] = {}
        for demand in demands:
            layer, rate = demand.choices[0]
            fits = self._fits(demand, layer, rate, budget, now)
            chosen[demand.key] = layer if fits or not limited else None
            budget -= rate if chosen[demand.key] is not None else 0.0
        for rank in sorted({demand.rank for demand in demands}):
            budget = self._raise(
                [demand for demand in demands if demand.rank == rank], chosen, budget, now
            )
        return chosen

    def _raise(
        self, equals: Sequence[Demand], chosen: dict[Hashable, int | None], budget: float, now: float
    ) -> float:
        """Each of a rank by one step, then each by the next; gives what is left."""
        for step in range(1, max(len(demand.choices) for demand in equals)):
            for demand in equals:
                if chosen[demand.key] is None or step >= len(demand.choices):
                    continue
                layer, rate = demand.choices[step]
                before = demand.cost(chosen[demand.key])
                if self._fits(demand, layer, rate, budget + before, now):
                    chosen[demand.key] = layer
                    budget -= rate - before
        return budget

    def _fits(self, demand: Demand, layer: int, rate: float, budget: float, now: float) -> bool:
        """Into `budget`, which is all that this track may have; a better layer than now needs more."""
        if demand.key not in self.wanted:
            return rate * SPARE <= budget
        now_wanted = self.wanted[demand.key]
        if now_wanted is not None and layer <= now_wanted:
            return rate <= budget * (demand.tolerance if layer == demand.choices[0][0] else 1)
        if now < self._held_until.get(demand.key, now):
            return False
        return rate * (SPARE_ANEW if now_wanted is None else SPARE) <= budget

    def _released(self, now: float) -> bool:
        """A track that was held is so no longer."""
        return any(self._looked_at < until <= now for until in self._held_until.values())

    def _let_go(self, demands: Sequence[Demand]) -> None:
        """Who is shown larger, or leads the talk now, doesn't wait."""
        before = {key: (rank, most) for key, rank, most, _ in self._shown}
        for demand in demands:
            if before.get(demand.key) != (demand.rank, demand.most):
                self._held_until.pop(demand.key, None)

    def _hold(self, chosen: Wanted, now: float) -> None:
        """What the network took away is not tried again soon; what the receiver shows otherwise is."""
        for key, layer in chosen.items():
            before = self.wanted.get(key)
            if before is not None and (layer is None or layer < before):
                self._held_until[key] = now + HOLD_S
        self._held_until = {key: until for key, until in self._held_until.items() if key in chosen}


def need(demands: Iterable[Demand], audio: float, wanted: Wanted) -> float:
    """Bit/s of everything as it is, with the first track that could be better at its best.

    That is what there should be room for; where pictures are missing, first for one more of them."""
    ordered = sorted(demands, key=lambda demand: demand.rank)
    total = audio + sum(demand.cost(wanted.get(demand.key)) for demand in ordered)
    for demand in ordered:
        if wanted.get(demand.key) is None:
            return total + demand.choices[0][1]
    for demand in ordered:
        best = demand.choices[-1][1]
        if demand.cost(wanted.get(demand.key)) < best:
            return total + best - demand.cost(wanted.get(demand.key))
    return total
