"""DTLS of one peer (RFC 5764, RFC 8842): aiortc's RTCDtlsTransport on datagrams that are handed in.

All use of aiortc's insides is here. It never sees a media packet, only what RFC 7983 calls DTLS: the
keys it negotiates leave as an `Srtp`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Literal

from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    State,
)
from OpenSSL import SSL

from media.transport.srtp import Srtp

INBOX = 32  # datagrams; a handshake's flight has up to ten, and a peer that is early repeats it
RECORD_HEADER = 13  # bytes: type, version, epoch, sequence number, length
VERSION_MAJOR = 0xFE  # of DTLS 1.0 and 1.2 alike
DIGEST = "sha-256"  # the one that every browser knows; more lines would only be more to get wrong

Role = Literal["client", "server"]
Failure = Literal["dtls_failed", "fingerprint_mismatch"]


class DtlsError(Exception):
    """The peer could not be secured; `reason` is `dtls_failed` or `fingerprint_mismatch`."""

    def __init__(self, reason: Failure) -> None:
        super().__init__(reason)
        self.reason = reason


def generate_certificate() -> RTCCertificate:
    """A fresh key and its self-signed certificate; a node makes one and shows it to all its peers."""
    return RTCCertificate.generateCertificate()


def fingerprints_of(certificate: RTCCertificate) -> list[tuple[str, str]]:
    """What `a=fingerprint` says of our certificate (RFC 8122 §5)."""
    prints = certificate.getFingerprints()
    return [(each.algorithm, each.value) for each in prints if each.algorithm == DIGEST]


def is_whole_record(datagram: bytes) -> bool:
    """Whether the first record is all there (RFC 6347 §4.1). OpenSSL drops others without a word; a
    ciphertext of DTLS 1.3 (RFC 9147 §4) is left to it."""
    if datagram[0] & 0xE0 == 0x20:
        return True
    whole = len(datagram) >= RECORD_HEADER and datagram[1] == VERSION_MAJOR
    return whole and RECORD_HEADER + int.from_bytes(datagram[11:13], "big") <= len(datagram)


class _Path:
    """What RTCDtlsTransport needs of an ICE transport: a queue in, a function out."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.inbox: asyncio.Queue[bytes] = asyncio.Queue(INBOX)
        self._out = send

    async def _recv(self) -> bytes:
        return await self.inbox.get()

    async def _send(self, data: bytes) -> None:
        self._out(data)


class _Transport(RTCDtlsTransport):
    """Remembers which of the two ways a handshake failed."""

    mismatch = False

    def _validate_peer_identity(self, remoteParameters: RTCDtlsParameters) -> None:
        super()._validate_peer_identity(remoteParameters)
        self.mismatch = self._state is State.FAILED


class DtlsSession:
    """One DTLS association, from the first ClientHello to close_notify."""

    def __init__(self, certificate: RTCCertificate, send: Callable[[bytes], None]) -> None:
        self._path = _Path(send)
        self._transport = _Transport(_as_any(self._path), [certificate])

    def receive(self, datagram: bytes) -> bool:
        """Take a DTLS datagram of the peer; False if too many are waiting."""
        if self._path.inbox.full():
            return False
        self._path.inbox.put_nowait(datagram)
        return True

    async def handshake(self, role: Role, fingerprints: Iterable[tuple[str, str]]) -> Srtp:
        """Agree on keys with the owner of `fingerprints`.

        Raises DtlsError; waits for ever if the peer falls silent."""
        expected = [RTCDtlsFingerprint(algorithm, value) for algorithm, value in fingerprints]
        if not expected:
            raise DtlsError("fingerprint_mismatch")
        self._transport._set_role(role)
        try:
            await self._transport.start(RTCDtlsParameters(expected))
        except Exception as error:  # no list says what absurd certificates make the libraries raise
            raise DtlsError("dtls_failed") from error
        if self._transport._state is State.FAILED:
            raise DtlsError("fingerprint_mismatch" if self._transport.mismatch else "dtls_failed")
        return Srtp(self._transport._rx_srtp, self._transport._tx_srtp)

    async def ended(self) -> None:
        """Wait, after the handshake, until the peer says close_notify."""
        if self._transport._task is not None:
            await asyncio.wait({self._transport._task})

    async def close(self) -> None:
        """Say close_notify if there is someone to say it to, and leave no task behind."""
        pump = self._transport._task
        if self._transport.mismatch:
            await self._refuse()
        await self._transport.stop()
        if pump is not None:
            await asyncio.gather(pump, return_exceptions=True)

    async def _refuse(self) -> None:
        """aiortc leaves a peer with the wrong certificate believing that it is connected."""
        assert self._transport._ssl is not None
        try:
            self._transport._ssl.shutdown()
        except SSL.Error:
            return
        await self._transport._write_ssl()


def _as_any(path: Any) -> Any:
    """RTCDtlsTransport asks for an RTCIceTransport but uses only what `_Path` has."""
    return path
