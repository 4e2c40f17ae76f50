"""The deployment files agree with each other and with what our processes ask for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from config.settings import SettingsError, load_media_settings, load_settings
from server.infra import metrics

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")
OURS = ("server-1", "server-2", "worker", "media-1", "media-2")
SECRET = "a secret that is long enough for production"
PRODUCTION = {
    "PEERLEARN_ENV": "production",
    "PEERLEARN_SECRET_KEY": SECRET,
    "PEERLEARN_MEDIA_CONTROL_SECRET": SECRET,
}


def example() -> dict[str, str]:
    """The values of the example settings."""
    lines = (ROOT / "config/production.example.env").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return dict(pairs)


def compose() -> dict[str, Any]:
    """docker-compose.yml with the values of the example."""
    values = example()
    text = (ROOT / "docker-compose.yml").read_text()
    filled_in = VARIABLE.sub(
        lambda found: values.get(found[1], found[3] if found[2] == "-" else ""), text
    )
    loaded: dict[str, Any] = yaml.safe_load(filled_in)
    return loaded


COMPOSE = compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The folder that `scripts/make-secrets` makes."""
    folder = tmp_path / "secrets"
    subprocess.run([ROOT / "scripts/make-secrets", folder], check=True, capture_output=True)
    return folder


def environment(service: str, secrets: Path, tmp_path: Path) -> dict[str, str]:
    """What a process of this service finds, with its paths on this machine."""
    given: Mapping[str, str] = SERVICES[service]["environment"]
    here = {key: value.replace("/run/secrets", str(secrets)) for key, value in given.items()}
    return {**here, "PEERLEARN_DATA_DIR": str(tmp_path)}


# --- docker-compose.yml


@pytest.mark.parametrize("service", ["server-1", "server-2", "worker"])
def test_our_processes_accept_their_settings(service: str, secrets: Path, tmp_path: Path) -> None:
    settings = load_settings(environment(service, secrets, tmp_path))
    assert settings.env == "production"
    assert settings.base_url == "https://lessons.example.org"
    assert settings.database_url.startswith("postgres://peerlearn:")
    assert settings.turn_secret == (secrets / "turn_secret").read_text()
    assert settings.vapid_private_key == (secrets / "vapid_private_key").read_text()
    assert settings.nodes_register
    assert not settings.node_as_child
    assert len(settings.turn_urls) == 3


@pytest.mark.parametrize("node", ["media-1", "media-2"])
def test_the_nodes_register_where_the_servers_look(node: str, secrets: Path, tmp_path: Path) -> None:
    settings = load_media_settings(environment(node, secrets, tmp_path))
    server = load_settings(environment("server-1", secrets, tmp_path))
    assert settings.redis_url == server.redis_url
    assert settings.control_url == f"http://{node}:7000"
    assert settings.control_secret == (secrets / "media_control_secret").read_text()
    assert SERVICES[node]["ports"] == [f"{settings.udp_port}:{settings.udp_port}/udp"]
    assert settings.node_id == node


def test_everything_that_is_named_is_there() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys(), name
        assert set(service.get("networks", ())) <= COMPOSE["networks"].keys(), name
        assert set(service.get("depends_on", ())) <= SERVICES.keys(), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or source.startswith(("/", "./")), volume
            assert not source.startswith("./") or (ROOT / source).is_file(), volume


def test_who_is_waited_for_says_when_it_is_well() -> None:
    for name, service in SERVICES.items():
        assert service["restart"] == "unless-stopped", name
        for other, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}, name
            checked = "healthcheck" in SERVICES[other] or other in OURS  # ours: by the image
            assert checked, other


def test_no_secret_stands_in_the_files() -> None:
    for name, service in SERVICES.items():
        for key in service.get("environment", {}):
            secret = re.search(r"SECRET|PASSWORD|_KEY$|DATABASE_URL", key)
            path = key in ("PEERLEARN_CERTIFICATE_KEY",)
            assert not secret or key.endswith("_FILE") or path, (name, key)


def test_only_doors_are_open_to_the_world() -> None:
    open_ports = {name for name, service in SERVICES.items() if "ports" in service}
    assert open_ports == {"nginx", "media-1", "media-2"}
    for name in OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["read_only"] is True
    for name, service in SERVICES.items():
        assert name in OURS or re.search(r":v?[\d.]+", service["image"]), name


def test_prometheus_may_read_what_it_scrapes(secrets: Path, tmp_path: Path) -> None:
    scraped = yaml.safe_load((ROOT / "config/prometheus/prometheus.yml").read_text())["scrape_configs"]
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in scraped}
    assert targets["server"] == ["server-1:8000", "server-2:8000"]
    assert targets["media"] == ["media-1:7000", "media-2:7000"]
    settings = load_settings(environment("server-1", secrets, tmp_path))
    (network,) = SERVICES["prometheus"]["networks"]
    subnet = COMPOSE["networks"][network]["ipam"]["config"][0]["subnet"]
    assert settings.metrics_from == (subnet,)
    assert network in SERVICES["server-1"]["networks"]
    assert network not in SERVICES["nginx"]["networks"]  # what comes through it is passed on, never read


def test_the_example_names_what_the_compose_file_asks_for() -> None:
    asked = {found[1] for found in VARIABLE.finditer((ROOT / "docker-compose.yml").read_text())}
    assert example().keys() == asked - {"PEERLEARN_VERSION"}


def test_making_secrets_again_keeps_them(secrets: Path) -> None:
    before = {path.name: path.read_text() for path in secrets.iterdir()}
    subprocess.run([ROOT / "scripts/make-secrets", secrets], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == before
    assert secrets.stat().st_mode & 0o077 == 0
    made = [text for text in before.values() if len(text) == 64]
    assert len(set(made)) == len(made) == 4


# --- Dockerfile


def instructions() -> Iterator[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith(("#", " ")):
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def test_the_image_runs_without_root_or_compiler() -> None:
    stages = [rest for word, rest in instructions() if word == "FROM"]
    assert [stage.rpartition(" ")[2] for stage in stages] == ["build", "run"]
    assert [rest for word, rest in instructions() if word == "USER"] == ["10001:10001"]
    last = [rest for word, rest in instructions()][-1]
    assert last == '["server"]'
    text = (ROOT / "Dockerfile").read_text()
    assert "apt-get" not in text.partition("AS run")[2]


def test_the_context_holds_what_the_build_copies_and_no_secret() -> None:
    kept = (ROOT / ".dockerignore").read_text().split()
    assert "*" in kept
    assert not [line for line in kept if line.startswith("!") and not list(ROOT.glob(line[1:]))]
    assert not [line for line in kept if re.match("!.*(secret|env|var)", line)]


# --- production refuses


@pytest.mark.parametrize("key", ["PEERLEARN_SECRET_KEY", "PEERLEARN_MEDIA_CONTROL_SECRET"])
@pytest.mark.parametrize("value", ["", "short", "change-me-" + "x" * 40])
def test_production_refuses_a_missing_or_default_secret(key: str, value: str, tmp_path: Path) -> None:
    environ = {**PRODUCTION, "PEERLEARN_DATA_DIR": str(tmp_path), key: value}
    with pytest.raises(SettingsError, match=f"^{key}:"):
        load_settings(environ)


@pytest.mark.parametrize(
    ("key", "more"),
    [
        ("PEERLEARN_TURN_SECRET", {"PEERLEARN_TURN_URLS": "turn:a:3478"}),
        ("PEERLEARN_S3_SECRET_KEY", {"PEERLEARN_S3_SECRET_KEY": "change-me"}),
    ],
)
def test_production_refuses_what_goes_with_a_setting(
    key: str, more: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=f"^{key}:"):
        load_settings({**PRODUCTION, **more, "PEERLEARN_DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    ("program", "key"), [("server", "PEERLEARN_SECRET_KEY"), ("media", "PEERLEARN_MEDIA_CONTROL_SECRET")]
)
def test_a_program_says_which_secret_is_missing(program: str, key: str, tmp_path: Path) -> None:
    environ = {"PEERLEARN_ENV": "production", "PEERLEARN_DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", program], env=environ, cwd=tmp_path, capture_output=True, text=True
    )
    assert ended.returncode != 0
    assert key in ended.stderr
    assert "Traceback" not in ended.stderr


# --- what operators read


def test_the_settings_table_has_every_setting() -> None:
    asked = set(re.findall(r'"([A-Z][A-Z0-9_]+)"', (ROOT / "config/settings.py").read_text()))
    page = (ROOT / "docs/operations.md").read_text()
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", page.partition("## Settings")[2]))
    assert asked <= named


def metric_names() -> set[str]:
    """What our processes expose, as Prometheus stores it."""
    assert metrics.HTTP_SECONDS  # they are in the registry
    found = {sample.name for family in REGISTRY.collect() for sample in family.samples}
    for family in REGISTRY.collect():
        ending = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
        found |= {family.name + end for end in ending.get(family.type, ("",))}
    node = (ROOT / "media/metrics.py").read_text() + (ROOT / "media/node.py").read_text()
    for name in re.findall(r'"([a-z_]+)"', node):
        found |= {f"peerlearn_media_{name}{end}" for end in ("", "_total", "_bucket")}
    return found


@pytest.mark.parametrize("file", ["prometheus/rules.yml", "grafana/peerlearn.json"])
def test_alerts_and_dashboard_ask_for_metrics_that_there_are(file: str) -> None:
    text = (ROOT / "config" / file).read_text()
    asked = set(re.findall(r"peerlearn_\w+", text))
    assert len(asked) > 5
    assert asked <= metric_names()


def test_the_dashboard_and_the_rules_can_be_read() -> None:
    dashboard = json.loads((ROOT / "config/grafana/peerlearn.json").read_text())
    assert all(panel["targets"] for panel in dashboard["panels"])
    rules = yaml.safe_load((ROOT / "config/prometheus/rules.yml").read_text())["groups"][0]["rules"]
    assert all(rule["labels"]["severity"] in ("page", "ticket") for rule in rules)
    scraped = yaml.safe_load((ROOT / "config/prometheus/prometheus.yml").read_text())
    assert [job["job_name"] for job in scraped["scrape_configs"]] == ["server", "media"]
