"""Serving phones on the local network (`--lan`): all addresses, over a self-signed certificate.

Browsers give camera and microphone to secure pages only; on another device than this one that means
https. The certificate is made once for the machine's address and kept in `DATA_DIR`.
"""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.settings import Settings

LIFETIME = timedelta(days=397)  # the longest that browsers accept
RENEW_BEFORE = timedelta(days=30)


def on_the_network(settings: Settings) -> Settings:
    """The settings of a server that listens on every address and names itself by this machine's."""
    return replace(settings, host="0.0.0.0", base_url=f"https://{own_address()}:{settings.port}")


def own_address() -> str:
    """The first IPv4 address that is neither loopback nor link-local, else loopback."""
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    usable = [one for one in found if not one.startswith(("127.", "169.254."))]
    return usable[0] if usable else "127.0.0.1"


def certificate_file(data_dir: Path) -> Path:
    """Which holds certificate and key."""
    return data_dir / "lan.pem"


def tls(data_dir: Path, address: str, now: datetime) -> ssl.SSLContext:
    """TLS with the kept certificate, or with a new one when that is for another address or old."""
    path = certificate_file(data_dir)
    if not _serves(path, address, now):
        _write(path, address, now)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


def _serves(path: Path, address: str, now: datetime) -> bool:
    if not path.is_file():
        return False
    kept = x509.load_pem_x509_certificate(path.read_bytes())
    names = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return ip_address(address) in addresses and now + RENEW_BEFORE < kept.not_valid_after_utc


def _write(path: Path, address: str, now: datetime) -> None:
    """Certificate first, then the key, in one file that only we may read."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "PeerLearn on this network")])
    addresses = {ip_address(address), ip_address("127.0.0.1")}
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), *(x509.IPAddress(one) for one in sorted(addresses))]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
