"""Settings: read once from the environment at start-up, frozen, and loud about bad values.

Every name has the `PEERLEARN_` prefix in the environment. `PEERLEARN_X_FILE` names a file that holds
the value of `PEERLEARN_X`, for secrets. A `.env` file in the working directory is read first; the
environment wins over it.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from babel.numbers import is_currency

PREFIX = "PEERLEARN_"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "[::]", "::"})
REDIS_SCHEMES = ("redis", "rediss", "unix")
NODE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # also the name of the node's folder
MIN_SECRET_LENGTH = 32  # characters; 128 bits even if it is hexadecimal
VAPID_BYTES = 32  # of a private key: a number below the order of P-256 (SEC 2 §2.4.2)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PLACEHOLDER = "change-me"  # what example files have where a secret belongs

Env = Literal["development", "production"]


class SettingsError(Exception):
    """A setting is missing or has a value that can't be used; the message names the key."""


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """What one media node needs. Addresses are `host:port`; 0 means a free port."""

    env: Env
    node_id: str
    bind: str
    udp_port: int
    advertised_ips: tuple[str, ...]
    control_bind: str
    control_url: str
    control_secret: str
    max_egress_mbps: int
    max_peers: int
    redis_url: str
    data_dir: Path


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """The payment provider: Stripe, or the stand-in for it that we start (`sandbox`). Without a secret
    key nothing can be paid. `api_base` is empty for Stripe's own address, or the stand-in's child."""

    secret_key: str
    publishable_key: str
    webhook_secret: str
    api_base: str
    sandbox: bool

    @property
    def on(self) -> bool:
        return bool(self.secret_key)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server needs. `media` holds the node's part, shared when it runs as a child."""

    env: Env
    base_url: str
    host: str
    port: int
    database_url: str
    redis_url: str
    data_dir: Path
    storage_url: str
    s3_access_key: str
    s3_secret_key: str
    secret_key: str
    smtp_url: str
    media_nodes: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    metrics_from: tuple[str, ...]
    turn_urls: tuple[str, ...]
    turn_secret: str
    vapid_private_key: str
    vapid_subject: str
    seat_hold_minutes: int
    seat_offer_minutes: int
    recording_keep_days: int
    stripe: StripeSettings
    currency: str
    media: MediaSettings

    @property
    def development(self) -> bool:
        return self.env == "development"

    @property
    def loopback(self) -> bool:
        """True when only this machine can reach the server."""
        return self.host in LOOPBACK

    @property
    def nodes_register(self) -> bool:
        """True when media nodes are not listed, but found in the register that they keep in Redis."""
        return bool(self.redis_url) and not self.media_nodes

    @property
    def node_as_child(self) -> bool:
        """True when this server starts a media node: where none is listed and none can register, and
        beside Redis on a machine that somebody tries things on."""
        if self.media_nodes:
            return False
        return not self.redis_url or (self.development and self.loopback)

    @property
    def own_origins(self) -> frozenset[str]:
        """Origins that are ours (contract: CSRF and WebSocket Origin checks)."""
        split = urlsplit(self.base_url)
        origins = {f"{split.scheme}://{split.netloc}"}
        if self.development:
            origins |= {f"http://{host}:{self.port}" for host in ("127.0.0.1", "localhost", "[::1]")}
        return frozenset(origins)


class _Reader:
    """Reads typed values; each method names the key when a value is bad."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str = "") -> str:
        path = self._environ.get(f"{PREFIX}{name}_FILE")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SettingsError(f"{PREFIX}{name}_FILE: {error}") from error
        return self._environ.get(PREFIX + name, "").strip() or default

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        raw = self.text(name, str(default))
        if not raw.isdigit() or not low <= int(raw) <= high:
            raise SettingsError(f"{PREFIX}{name}: {raw!r} is not a whole number from {low} to {high}")
        return int(raw)

    def listed(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def addresses(self, name: str) -> tuple[str, ...]:
        """Addresses of HTTP servers, without a slash at their end."""
        found = tuple(part.rstrip("/") for part in self.listed(name))
        for part in found:
            split = urlsplit(part)
            if split.scheme not in ("http", "https") or not split.netloc or split.path:
                raise SettingsError(f"{PREFIX}{name}: {part!r} is not http://host:port")
        return found

    def networks(self, name: str) -> tuple[str, ...]:
        """Addresses and networks, such as 10.0.0.0/8."""
        for part in (found := self.listed(name)):
            try:
                ip_network(part, strict=False)
            except ValueError as error:
                raise SettingsError(f"{PREFIX}{name}: {part!r} is no network") from error
        return found

    def one_of(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"{PREFIX}{name}: {value!r} is none of {', '.join(allowed)}")
        return value

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value and urlsplit(value).scheme not in schemes:
            raise SettingsError(
                f"{PREFIX}{name}: {value!r} does not start with {'://, '.join(schemes)}://"
            )
        return value


def _dotenv(path: Path) -> dict[str, str]:
    """`KEY=value` lines; `#` starts a comment line; quotes round a value are dropped."""
    if not path.is_file():
        return {}
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, mark, value = line.strip().partition("=")
        if mark and key and not key.startswith("#"):
            values[key.strip()] = value.strip().strip("\"'")
    return values


def _environment(environ: Mapping[str, str] | None) -> Mapping[str, str]:
    if environ is not None:
        return environ
    return {**_dotenv(Path(".env")), **os.environ}


def _read_env(read: _Reader) -> Env:
    production = read.one_of("ENV", "development", ("development", "production")) == "production"
    return "production" if production else "development"


def _control_address(read: _Reader, redis_url: str) -> tuple[str, str]:
    """Where a node listens, and what it tells the servers to dial."""
    bind = read.text("MEDIA_CONTROL_BIND", "127.0.0.1:0")
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        raise SettingsError(f"{PREFIX}MEDIA_CONTROL_BIND: {bind!r} is not host:port")
    url = read.url("MEDIA_CONTROL_URL", "", ("http", "https"))
    if redis_url and not url and host in ANY_ADDRESS:
        raise SettingsError(f"{PREFIX}MEDIA_CONTROL_URL: servers can't dial {host}; say what they can")
    return bind, url


def _read_media(read: _Reader, env: Env, data_dir: Path, secret: str) -> MediaSettings:
    redis_url = read.url("REDIS_URL", "", REDIS_SCHEMES)
    control_bind, control_url = _control_address(read, redis_url)
    node_id = read.text("MEDIA_NODE_ID", "node-1")
    if not NODE_ID.fullmatch(node_id):
        raise SettingsError(f"{PREFIX}MEDIA_NODE_ID: {node_id!r} may hold letters, digits, - and _")
    return MediaSettings(
        env=env,
        node_id=node_id,
        bind=read.text("MEDIA_BIND", "0.0.0.0"),
        udp_port=read.integer("MEDIA_UDP_PORT", 0, 0, 65535),
        advertised_ips=read.listed("MEDIA_ADVERTISED_IPS"),
        control_bind=control_bind,
        control_url=control_url,
        control_secret=secret,
        max_egress_mbps=read.integer("MEDIA_MAX_EGRESS_MBPS", 1000, 1, 1_000_000),
        max_peers=read.integer("MEDIA_MAX_PEERS", 500, 1, 100_000),
        redis_url=redis_url,
        data_dir=data_dir / "media" / node_id,
    )


def _stored_secret(data_dir: Path, name: str, size: int = 48) -> str:
    """A development secret of `size` bytes that survives restarts: made once, kept in `DATA_DIR`."""
    path = data_dir / name
    if path.is_file() and (kept := path.read_text(encoding="utf-8").strip()):
        return kept
    data_dir.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(size)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(made)
    return made


def _secret(read: _Reader, name: str, env: str, data_dir: Path) -> str:
    value = _no_placeholder(read, name, env)
    if env == "production":
        _long_enough(name, value)
    return value or _stored_secret(data_dir, name.lower().replace("_", "-"))


def _no_placeholder(read: _Reader, name: str, env: str) -> str:
    """A value that nobody forgot to replace, in production."""
    value = read.text(name)
    if env == "production" and PLACEHOLDER in value:
        raise SettingsError(f"{PREFIX}{name}: still has the placeholder of the example; make your own")
    return value


def _turn_secret(read: _Reader, env: str) -> str:
    """What coturn shares with us; without it browsers would be told of no relay."""
    value = _no_placeholder(read, "TURN_SECRET", env)
    if env == "production":
        _long_enough("TURN_SECRET", value)
    return value


def _currency(read: _Reader) -> str:
    """The one currency of this installation: prices, payments and payouts."""
    code = read.text("CURRENCY", "EUR")
    if not is_currency(code):
        raise SettingsError(f"{PREFIX}CURRENCY: {code!r} is no currency, such as EUR")
    return code


def _read_stripe(read: _Reader, env: Env, data_dir: Path) -> StripeSettings:
    """Keys choose Stripe; a development server without any has a stand-in with keys of its own."""
    names = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
    keys = [_no_placeholder(read, name, env) for name in names]
    base = read.url("STRIPE_API_BASE", "", ("http", "https")).rstrip("/")
    if any(keys) and not all(keys):
        missing = names[keys.index("")]
        raise SettingsError(f"{PREFIX}{missing}: is missing beside the other keys of Stripe")
    sandbox = env == "development" and not any(keys)
    if sandbox:
        begins = ("sk_test_", "pk_test_", "whsec_")
        stored = (_stored_secret(data_dir, name.lower().replace("_", "-"), 24) for name in names)
        keys = [begin + value for begin, value in zip(begins, stored, strict=True)]
    secret, publishable, webhook = keys
    return StripeSettings(secret, publishable, webhook, base, sandbox=sandbox and not base)


def _vapid_key(read: _Reader, env: Env, data_dir: Path) -> str:
    """The private key of Web Push, 32 bytes as base64url. In production push is off without one."""
    value = _no_placeholder(read, "VAPID_PRIVATE_KEY", env)
    if not value and env == "development":
        value = _stored_secret(data_dir, "vapid-private-key", VAPID_BYTES)
    if value and not _is_p256_key(value):
        raise SettingsError(
            f"{PREFIX}VAPID_PRIVATE_KEY: not 32 bytes as base64url, a private key of P-256"
        )
    return value


def _is_p256_key(value: str) -> bool:
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return False
    return len(raw) == VAPID_BYTES and 0 < int.from_bytes(raw) < P256_ORDER


def _vapid_subject(read: _Reader, base_url: str) -> str:
    """Where push services find who sends; the page itself, where that can be reached."""
    usual = base_url if base_url.startswith("https://") else "mailto:no-reply@peerlearn.example"
    value = read.text("VAPID_SUBJECT", usual)
    if not value.startswith(("mailto:", "https://")):
        raise SettingsError(f"{PREFIX}VAPID_SUBJECT: {value!r} starts with neither mailto: nor https://")
    return value


def _long_enough(name: str, value: str) -> None:
    if len(value) < MIN_SECRET_LENGTH:
        raise SettingsError(
            f"{PREFIX}{name}: production needs a secret of at least {MIN_SECRET_LENGTH} characters"
        )


def load_media_settings(environ: Mapping[str, str] | None = None) -> MediaSettings:
    """The settings of a media node alone (`python -m media`).

    Raises SettingsError."""
    read = _Reader(_environment(environ))
    env = _read_env(read)
    data_dir = Path(read.text("DATA_DIR", "var")).resolve()
    return _read_media(read, env, data_dir, _secret(read, "MEDIA_CONTROL_SECRET", env, data_dir))


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of the server.

    Raises SettingsError naming the key."""
    read = _Reader(_environment(environ))
    env = _read_env(read)
    data_dir = Path(read.text("DATA_DIR", "var")).resolve()
    host = read.text("HOST", "127.0.0.1")
    port = read.integer("PORT", 8000, 1, 65535)
    base_host = f"[{host}]" if ":" in host else host
    secret_key = _secret(read, "SECRET_KEY", env, data_dir)
    control_secret = _secret(read, "MEDIA_CONTROL_SECRET", env, data_dir)
    turn_urls = read.listed("TURN_URLS")
    base_url = read.url("BASE_URL", f"http://{base_host}:{port}", ("http", "https")).rstrip("/")
    return Settings(
        env=env,
        base_url=base_url,
        host=host,
        port=port,
        database_url=read.url(
            "DATABASE_URL",
            f"sqlite://{data_dir / 'peerlearn.sqlite3'}",
            ("sqlite", "postgres", "postgresql"),
        ),
        redis_url=read.url("REDIS_URL", "", REDIS_SCHEMES),
        data_dir=data_dir,
        storage_url=read.url("STORAGE_URL", f"file://{data_dir / 'storage'}", ("file", "s3")),
        s3_access_key=read.text("S3_ACCESS_KEY"),
        s3_secret_key=_no_placeholder(read, "S3_SECRET_KEY", env),
        secret_key=secret_key,
        smtp_url=read.url("SMTP_URL", "", ("smtp", "smtps")),
        media_nodes=read.addresses("MEDIA_NODES"),
        trusted_proxies=read.networks("TRUSTED_PROXIES"),
        metrics_from=read.networks("METRICS_FROM"),
        turn_urls=turn_urls,
        turn_secret=_turn_secret(read, env) if turn_urls else "",
        vapid_private_key=_vapid_key(read, env, data_dir),
        vapid_subject=_vapid_subject(read, base_url),
        seat_hold_minutes=read.integer("SEAT_HOLD_MINUTES", 15, 5, 24 * 60),
        seat_offer_minutes=read.integer("SEAT_OFFER_MINUTES", 120, 10, 7 * 24 * 60),
        recording_keep_days=read.integer("RECORDING_KEEP_DAYS", 90, 1, 3650),
        stripe=_read_stripe(read, env, data_dir),
        currency=_currency(read),
        media=_read_media(read, env, data_dir, control_secret),
    )
