"""Settings are read once, with defaults that work, and a bad value is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import SettingsError, load_media_settings, load_settings

SECRET = "s" * 40


def environment(folder: Path, **values: str) -> dict[str, str]:
    return {f"PEERLEARN_{key}": value for key, value in {"DATA_DIR": str(folder), **values}.items()}


def test_embedded_defaults_need_nothing(tmp_path: Path) -> None:
    settings = load_settings(environment(tmp_path))
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite://{tmp_path}/peerlearn.sqlite3"
    assert settings.development
    assert settings.loopback
    assert "http://localhost:8000" in settings.own_origins


def test_made_secret_survives_a_restart_and_is_ours_alone(tmp_path: Path) -> None:
    first = load_settings(environment(tmp_path))
    assert load_settings(environment(tmp_path)).secret_key == first.secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert load_media_settings(environment(tmp_path)).control_secret == first.media.control_secret


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ENV", "staging"),
        ("PORT", "0"),
        ("PORT", "http"),
        ("DATABASE_URL", "mysql://x"),
        ("BASE_URL", "peerlearn.example"),
        ("MEDIA_CONTROL_BIND", "7000"),
        ("MEDIA_NODE_ID", "../up"),
        ("MEDIA_MAX_PEERS", "-1"),
        ("MEDIA_NODES", "media-1:7000"),
        ("MEDIA_NODES", "http://media-1:7000,http:///control"),
        ("TRUSTED_PROXIES", "nginx"),
        ("METRICS_FROM", "10.0.0.0/33"),
        ("SECRET_KEY_FILE", "/nowhere/secret"),
        ("VAPID_PRIVATE_KEY", "not a key"),
        ("VAPID_PRIVATE_KEY", "A" * 43),
        ("VAPID_SUBJECT", "me@example.org"),
        ("SEAT_HOLD_MINUTES", "4"),
        ("SEAT_OFFER_MINUTES", "two hours"),
        ("CURRENCY", "XYZ"),
    ],
)
def test_bad_value_is_refused_by_the_name_of_its_key(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"PEERLEARN_{key}"):
        load_settings(environment(tmp_path, **{key: value}))


@pytest.mark.parametrize("missing", ["SECRET_KEY", "MEDIA_CONTROL_SECRET"])
def test_production_refuses_to_start_without_a_secret(tmp_path: Path, missing: str) -> None:
    secrets = {"SECRET_KEY": SECRET, "MEDIA_CONTROL_SECRET": SECRET} | {missing: "short"}
    with pytest.raises(SettingsError, match=f"PEERLEARN_{missing}"):
        load_settings(environment(tmp_path, ENV="production", **secrets))


def test_push_has_a_key_in_development_and_is_off_in_production_without_one(tmp_path: Path) -> None:
    made = load_settings(environment(tmp_path)).vapid_private_key
    assert load_settings(environment(tmp_path)).vapid_private_key == made != ""
    named = {"ENV": "production", "SECRET_KEY": SECRET, "MEDIA_CONTROL_SECRET": SECRET}
    assert load_settings(environment(tmp_path, **named)).vapid_private_key == ""
    ours = load_settings(environment(tmp_path, **named, VAPID_PRIVATE_KEY=made, BASE_URL="https://a.org"))
    assert (ours.vapid_private_key, ours.vapid_subject) == (made, "https://a.org")


def test_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{SECRET}\n")
    settings = load_settings(environment(tmp_path, SECRET_KEY_FILE=str(tmp_path / "key")))
    assert settings.secret_key == SECRET


def test_dotenv_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        f"# ours\nPEERLEARN_DATA_DIR={tmp_path}\nPEERLEARN_PORT=9001\nPEERLEARN_HOST='::1'\n"
    )
    monkeypatch.setenv("PEERLEARN_PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.host) == (9002, "::1")
    assert settings.base_url == "http://[::1]:9002"


def test_each_node_has_a_folder_of_its_own(tmp_path: Path) -> None:
    folders = {
        load_media_settings(environment(tmp_path, MEDIA_NODE_ID=name)).data_dir for name in ("a", "b")
    }
    assert folders == {tmp_path / "media" / "a", tmp_path / "media" / "b"}


@pytest.mark.parametrize(
    ("values", "child", "register"),
    [
        ({}, True, False),
        ({"MEDIA_NODES": "http://a:1"}, False, False),
        ({"MEDIA_NODES": "http://a:1", "REDIS_URL": "redis://r"}, False, False),
        ({"REDIS_URL": "redis://r"}, True, True),
        ({"REDIS_URL": "redis://r", "HOST": "0.0.0.0"}, False, True),
        (
            {"REDIS_URL": "redis://r", "ENV": "production", "SECRET_KEY": SECRET}
            | {"MEDIA_CONTROL_SECRET": SECRET},
            False,
            True,
        ),
    ],
)
def test_nodes_are_listed_or_register_or_are_a_child(
    tmp_path: Path, values: dict[str, str], child: bool, register: bool
) -> None:
    settings = load_settings(environment(tmp_path, **values))
    assert (settings.node_as_child, settings.nodes_register) == (child, register)


def test_node_that_registers_says_an_address_that_can_be_dialled(tmp_path: Path) -> None:
    values = {"REDIS_URL": "redis://r", "MEDIA_CONTROL_BIND": "0.0.0.0:7000"}
    with pytest.raises(SettingsError, match="PEERLEARN_MEDIA_CONTROL_URL"):
        load_media_settings(environment(tmp_path, **values))
    named = {**values, "MEDIA_CONTROL_URL": "http://media-1:7000"}
    assert load_media_settings(environment(tmp_path, **named)).control_url == "http://media-1:7000"
