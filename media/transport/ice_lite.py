"""The lite side of ICE for one peer (RFC 8445 §2.5, §7.3), sans-IO.

A lite agent answers connectivity checks and follows the controlling peer's nominations. Firefox
nominates every pair that works and a client that changes its network nominates a new one, so the
newest nomination wins.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.transport.stun import Address, BindingRequest, role_conflict, success_response

LOST_AFTER = 15.0  # seconds without a sign of life; as long as a seat is kept for a resume
STALE_AFTER = 10.0  # seconds without a check on the path in use: two consent intervals (RFC 7675 §5.1)
MAX_ADDRESSES = 8  # of one peer: interfaces x families; a bound on what a hostile one can claim


@dataclass(frozen=True, slots=True)
class Credentials:
    """One side's username fragment and password (RFC 8445 §5.3)."""

    ufrag: str
    pwd: str


class IceLite:
    """Which addresses have proven that they are the peer, and which one to send to.

    `remote` is the path in use, None before the first check. `heard` is when the peer last sent
    something authentic; whoever decrypts its packets moves it on.
    """

    def __init__(self, credentials: Credentials) -> None:
        self.remote: Address | None = None
        self.heard: float | None = None
        self._current = credentials
        self._previous: Credentials | None = None
        self._checked: dict[Address, float] = {}  # address -> time of its last check, newest last

    @property
    def credentials(self) -> Credentials:
        return self._current

    @property
    def ufrags(self) -> tuple[str, ...]:
        """What a check may be addressed to: two during a restart."""
        return tuple(known.ufrag for known in (self._current, self._previous) if known)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where authentic datagrams may come from."""
        return tuple(self._checked)

    def receive(self, request: BindingRequest, address: Address, now: float) -> bytes | None:
        """Take a check from `address`; returns the answer, or None if it is not the peer's."""
        credentials = self._signer(request)
        if credentials is None:
            return None
        if request.controlled:
            return role_conflict(request, credentials.pwd)
        if credentials is self._current:
            self._previous = None
        self._accept(address, request.use_candidate, now)
        return success_response(request, address, credentials.pwd)

    def restart(self, credentials: Credentials) -> None:
        """Begin a new generation (RFC 8445 §9). The path and the credentials in use stay so until a
        check with the new ones arrives, however often this is called."""
        self._previous = self._previous or self._current
        self._current = credentials

    def follow(self, address: Address) -> None:
        """Authentic media came from `address`. A peer that sends there, and checked it after the path in
        use, has changed its network: aiortc nominates once and never again. What is late on the old
        path changes nothing."""
        if self.remote is not None and self._newer(address, self.remote):
            self.remote = address

    def expired(self, now: float) -> bool:
        """The peer was there and is gone."""
        return self.heard is not None and now - self.heard > LOST_AFTER

    def _signer(self, request: BindingRequest) -> Credentials | None:
        for known in (self._current, self._previous):
            if known and known.ufrag == request.ufrag and request.signed_with(known.pwd):
                return known
        return None

    def _accept(self, address: Address, nominated: bool, now: float) -> None:
        self.heard = now
        self._checked.pop(address, None)
        self._checked[address] = now
        if nominated or self.remote is None or self._stale(self.remote, now):
            self.remote = address
        self._forget_old(now)

    def _newer(self, address: Address, other: Address) -> bool:
        """Whether its last check came later: `_checked` is in their order."""
        last = next((each for each in reversed(self._checked) if each in (address, other)), other)
        return last == address

    def _stale(self, address: Address, now: float) -> bool:
        """The peer checks other paths only: it left this one without nominating another."""
        return now - self._checked[address] > STALE_AFTER

    def _forget_old(self, now: float) -> None:
        """Let go of addresses that someone else may have got since, oldest first."""
        for address, at in list(self._checked.items()):
            old = now - at > LOST_AFTER or len(self._checked) > MAX_ADDRESSES
            if old and address != self.remote:
                del self._checked[address]
