"""Settings: every gap is named at once, and no secret is ever repeated."""

import os
from pathlib import Path
from typing import Any

import pytest

from bot.keys import IndexKey
from bot.settings import ServeSettings, SettingsError, example, read_settings

RIGHT: dict[str, Any] = {
    "database": "sqlite:///mamori.db",
    "master_key": "11" * 32,
    "index_key": "22" * 32,
    "company": Path("company.yaml"),
    "public_url": "https://mamori.example",
}
SECRET = "hunter2-secret"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("MAMORI_"):
            monkeypatch.delenv(name)


def test_every_gap_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings()
    lines = str(error.value).splitlines()
    gap = "is not set; for example:"
    assert sorted(lines) == [
        f"MAMORI_COMPANY: {gap} /etc/mamori/company.yaml",
        f"MAMORI_DATABASE: {gap} sqlite:////var/lib/mamori/mamori.db",
        f"MAMORI_INDEX_KEY: {gap} file:/etc/mamori/index.key",
        f"MAMORI_MASTER_KEY: {gap} file:/etc/mamori/master.key",
        f"MAMORI_PUBLIC_URL: {gap} https://mamori.your-company.example",
    ]


def test_every_setting_has_an_example_and_a_row_in_the_guide_and_the_example_is_right() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "serving.md").read_text("utf-8")
    for field in ServeSettings.model_fields:
        assert f"| `MAMORI_{field.upper()}` | `{example(field)}` |" in guide, field
    right = {field: example(field) for field in RIGHT}
    assert read_settings(**right).public_url == right["public_url"]


WRONG = {
    "port": "ninety",
    "metrics_port": "70000",
    "public_url": "mamori.example",
    "database": "mamori.db",
    "teams_backend": "mine",
    "teams_tenant": "common",
    "slack_workspaces": "*",
    "slack_bot_token": SECRET,
    "heartbeat_url": "ftp://alarm",
    "heads": "/no/such/folder/heads",
    "master_key": "short",
}


@pytest.mark.parametrize("field", WRONG)
def test_no_message_speaks_the_language_of_a_library(field: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(serving=True, **{**RIGHT, field: WRONG[field]})
    for foreign in ("Value error", "pattern", "String", "MAMORI_: "):
        assert foreign not in str(error.value)


@pytest.mark.parametrize("given", ["https://mamori.example", "https://mamori.example/"])
def test_one_slash_at_the_end_of_the_address_is_as_good_as_none(given: str) -> None:
    assert read_settings(**{**RIGHT, "public_url": given}).public_url == "https://mamori.example"


def test_serving_needs_a_place_for_heads_too() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(serving=True)
    assert "MAMORI_HEADS: is not set; for example: /mnt/elsewhere/mamori.heads" in str(error.value)
    assert len(str(error.value).splitlines()) == 6


@pytest.mark.parametrize("beside", ["/data/heads", "/data/../data/heads"])
def test_heads_may_not_stand_beside_the_database(beside: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(
            serving=True, **{**RIGHT, "database": "sqlite:////data/mamori.db", "heads": beside}
        )
    assert str(error.value).startswith("MAMORI_HEADS: ")


def test_heads_need_a_folder_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(serving=True, **RIGHT, heads=tmp_path / "missing" / "heads")
    assert str(error.value) == "MAMORI_HEADS: its folder does not exist"


def test_heads_stand_anywhere_else(tmp_path: Path) -> None:
    settings = read_settings(serving=True, **RIGHT, heads=tmp_path / "heads")
    assert settings.heads == tmp_path / "heads"


@pytest.mark.parametrize(
    "url",
    [
        "https://alarm.example/ping/1",
        "http://127.0.0.1:8000/ping",
        "http://localhost/ping",
        "http://[::1]:8000/ping",
    ],
)
def test_signs_of_life_go_out_encrypted_or_stay_on_this_machine(url: str) -> None:
    settings = read_settings(**RIGHT, heartbeat_url=url)
    assert settings.heartbeat_url is not None
    assert settings.heartbeat_url.get_secret_value() == url
    assert url not in repr(settings)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in RIGHT.items():
        monkeypatch.setenv(f"MAMORI_{name.upper()}", str(value))
    settings = read_settings()
    assert settings.masters().keys() == (b"\x11" * 32,)
    assert settings.index().mac("a", b"b") == IndexKey(b"\x22" * 32).mac("a", b"b")
    assert (settings.host, settings.port) == ("127.0.0.1", 3978)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("master_key", SECRET),
        ("master_key", SECRET * 5),
        ("master_key", "ab" * 31),
        ("index_key", "zz" * 32),
        ("index_key", "ab" * 33),
        ("database", f"postgres://user:{SECRET}@host/db"),
        ("database", f"mysql://user:{SECRET}@host/db"),
        ("database", f"postgresql://user:a@1:{SECRET}@host/db"),
        ("database", f"postgresql://user:a@{SECRET}@host/db"),
        ("database", f"postgresql://user:a@b/{SECRET}@host/db"),
        ("database", f"postgresql://user:a@host:{SECRET}/db"),
        ("public_url", f"mamori.example/{SECRET}"),
        ("public_url", f"https://mamori.example/{SECRET}"),
        ("port", f"{SECRET}"),
        ("port", "70000"),
        ("metrics_port", "70000"),
        ("heartbeat_url", f"http://alarm.example/{SECRET}"),
        ("heartbeat_url", f"http://127.0.0.1@alarm.example/{SECRET}"),
        ("heartbeat_url", f"https:///{SECRET}"),
        ("heartbeat_url", f"ftp://127.0.0.1/{SECRET}"),
        ("heartbeat_url", f"http://[::1/{SECRET}"),
        ("heartbeat_url", SECRET),
    ],
)
def test_what_is_wrong_is_named_without_its_value(name: str, wrong: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(**{**RIGHT, name: wrong})
    message = str(error.value)
    assert message.startswith(f"MAMORI_{name.upper()}: ")
    assert SECRET not in message and wrong not in message


@pytest.mark.parametrize(
    "place",
    [
        "host/db",
        "u:p@host:5432/db",
        "u:p%40:q/r@[::1]:5432/db?sslmode=require",
        "u@/db?host=/run/pg",
        "/db?host=/run/pg&user=u@cloud",
    ],
)
def test_a_database_is_named_in_every_usual_form(place: str) -> None:
    assert read_settings(**{**RIGHT, "database": f"postgresql://{place}"}).database.endswith(place)


def test_several_processes_need_postgresql() -> None:
    several = {**RIGHT, "processes": 3}
    assert read_settings(**{**several, "database": "postgresql://host/db"}).processes == 3
    with pytest.raises(SettingsError, match=r"MAMORI_PROCESSES: .*PostgreSQL"):
        read_settings(**{**several, "database": "sqlite:////var/lib/mamori.db"})


def test_gaps_and_mistakes_come_together_and_a_key_says_how_to_make_one() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(master_key="short", database="sqlite:///x")
    message = str(error.value)
    assert "openssl rand -hex 32" in message
    for name in ("MASTER_KEY", "INDEX_KEY", "COMPANY", "PUBLIC_URL"):
        assert f"MAMORI_{name}: " in message


def test_the_error_carries_no_other_error_with_the_values() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(**{**RIGHT, "master_key": SECRET})
    assert error.value.__cause__ is None and error.value.__suppress_context__


def test_settings_printed_or_logged_hide_their_keys() -> None:
    settings = read_settings(**RIGHT)
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "11" * 8 not in shown and "22" * 8 not in shown


TEAMS = {
    "teams_app_id": "11111111-2222-3333-4444-555555555555",
    "teams_tenant": "AAAAAAAA-0000-0000-0000-000000000001",
    "teams_secret": SECRET,
}


def test_teams_is_set_whole() -> None:
    settings = read_settings(**RIGHT, **TEAMS)
    assert settings.teams_tenant == "aaaaaaaa-0000-0000-0000-000000000001"
    assert settings.teams_backend == "botbuilder"
    assert read_settings(**RIGHT).teams_secret is None


@pytest.mark.parametrize("missing", [["teams_app_id"], ["teams_secret"], list(TEAMS)[:2]])
def test_what_is_missing_of_teams_is_named_beside_every_other_gap(missing: list[str]) -> None:
    given = {name: value for name, value in TEAMS.items() if name not in missing}
    with pytest.raises(SettingsError) as error:
        read_settings(**given)
    lines = str(error.value).splitlines()
    assert len(lines) == 6
    (line,) = (line for line in lines if line.startswith("MAMORI_TEAMS_SECRET"))
    names = (f"MAMORI_{name.upper()}" for name in missing)
    assert line.endswith("missing or wrong: " + ", ".join(names))


@pytest.mark.parametrize("wrong", ["", "common", "*", "11111111-2222-3333-4444-555555555555,*"])
def test_one_tenant_and_one_app_are_named_in_full(wrong: str) -> None:
    for name in ("teams_app_id", "teams_tenant"):
        with pytest.raises(SettingsError) as error:
            read_settings(**RIGHT, **{**TEAMS, name: wrong})
        assert f"MAMORI_{name.upper()}: " in str(error.value) and SECRET not in str(error.value)


APP = {"slack_client_id": "1.2", "slack_client_secret": SECRET, "slack_workspaces": "T0A, E0B"}
SIGNING = {"slack_signing_secret": SECRET}


@pytest.mark.parametrize(
    "given",
    [
        {**APP},
        {**APP, **SIGNING, "slack_bot_token": SECRET},
        *[{**APP, **SIGNING, name: None} for name in APP if name != "slack_workspaces"],
        {**APP, **SIGNING, "slack_workspaces": ""},
        {**APP, **SIGNING, "slack_workspaces": "*"},
        {**APP, **SIGNING, "slack_workspaces": "T0A T0B"},
        {**SIGNING},
        {"slack_bot_token": SECRET},
        {"slack_bot_token": SECRET, "slack_signing_secret": ""},
        {"slack_bot_token": SECRET, "slack_app_token": ""},
        {"slack_bot_token": "", **SIGNING},
        {**APP, **SIGNING, "slack_client_secret": ""},
    ],
)
def test_slack_that_is_half_set_up_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(**RIGHT, **given)
    assert "slack" in str(error.value).lower() and SECRET not in str(error.value)


def test_what_is_missing_of_slack_is_named_beside_every_other_gap() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(slack_bot_token=SECRET)
    lines = str(error.value).splitlines()
    assert len(lines) == 6
    assert [line for line in lines if "or MAMORI_SLACK_APP_TOKEN" in line]


def test_a_setting_of_slack_that_is_empty_is_none() -> None:
    empty = dict.fromkeys(("slack_bot_token", "slack_signing_secret", "slack_app_token"), "")
    assert not read_settings(**RIGHT, **empty).uses_slack
    settings = read_settings(
        **RIGHT, **{**empty, "slack_bot_token": SECRET, "slack_app_token": SECRET}
    )
    assert settings.uses_slack and settings.slack_signing_secret is None


@pytest.mark.parametrize("given", [{**APP, **SIGNING}, {"slack_bot_token": SECRET, **SIGNING}, {}])
def test_slack_is_set_up_for_one_workspace_or_for_several_or_not(given: dict[str, object]) -> None:
    assert read_settings(**RIGHT, **given).uses_slack is bool(given)
