"""Settings from the environment or a file; everything that is missing is named at once."""

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.company import ENTRA_ID
from bot.key_sources import KeySource, KeySourceError
from bot.keys import IndexKey

_AN_ID = "11111111-2222-3333-4444-555555555555"
_SEVERAL = ("slack_client_id", "slack_client_secret", "slack_workspaces")
_SLACKS_OWN = (*_SEVERAL[:2], "slack_bot_token", "slack_signing_secret", "slack_app_token")
_HEADS = "/mnt/elsewhere/mamori.heads"
_PLACE = re.compile(r"([^@]*@)?(\[[^]@]*\]|[^:@/?]*)(:\d*)?(/[^@?]*)?(\?.*)?")
"""Where a PostgreSQL database is: user and password, machine, port, name, options."""


class Settings(BaseSettings):
    """What an operator sets. Each name is an environment variable with MAMORI_ before it."""

    model_config = SettingsConfigDict(env_prefix="MAMORI_", extra="forbid", env_file=None)

    database: str = Field(
        pattern=r"^(sqlite|postgresql)://", examples=["sqlite:////var/lib/mamori/mamori.db"]
    )
    """sqlite:///path for one machine, postgresql://… for several processes."""
    master_key: SecretStr = Field(examples=["file:/etc/mamori/master.key"])
    """Wraps every case's key: 64 hex digits, "file:/path" or "command:program …". Several keys
    in one place are a ring: the first wraps, all open. Never in the database or its backup."""
    index_key: SecretStr = Field(examples=["file:/etc/mamori/index.key"])
    """For receipts, site links and buttons: one key, from the same kinds of places."""
    company: Path = Field(examples=["/etc/mamori/company.yaml"])
    """The YAML file with sites, people and channels."""
    public_url: str = Field(examples=["https://mamori.your-company.example"])
    """Where employees reach the web page, as printed on posters."""
    slack_bot_token: SecretStr | None = Field(default=None, examples=["xoxb-…"])
    """The bot token of the only Slack workspace, xoxb-…; left out, Slack is not used."""
    slack_signing_secret: SecretStr | None = Field(default=None, examples=["8f74…"])
    """What Slack signs its requests with."""
    slack_client_id: str | None = Field(default=None, examples=["1234.5678"])
    """The app's Client ID, where it is installed in several workspaces or an organisation."""
    slack_client_secret: SecretStr | None = Field(default=None, examples=["2b91…"])
    """The app's Client Secret."""
    slack_workspaces: str = Field(
        default="",
        pattern=r"^([TE][A-Z0-9]+)?(, *[TE][A-Z0-9]+)*$",
        examples=["T0123,E0456"],
    )
    """Which workspaces (T…) and organisations (E…) may install the app, with commas between."""
    slack_app_token: SecretStr | None = Field(
        default=None, validate_default=True, examples=["xapp-…"]
    )
    """An app-level token, xapp-…, where Slack cannot reach this service (Socket Mode)."""
    teams_app_id: str | None = Field(default=None, pattern=ENTRA_ID, examples=[_AN_ID])
    """The application id of the bot's registration in Entra; left out, Teams is not used."""
    teams_tenant: str | None = Field(default=None, pattern=ENTRA_ID, examples=[_AN_ID])
    """The directory id: the only tenant that is let in."""
    teams_secret: SecretStr | None = Field(default=None, validate_default=True, examples=["Q~7…"])
    """The registration's client secret, its value."""
    teams_backend: Literal["botbuilder", "agents"] = Field(
        default="botbuilder", examples=["botbuilder"]
    )
    """Which of Microsoft's SDKs stands behind Teams."""
    host: str = Field(default="127.0.0.1", examples=["127.0.0.1"])
    """Where `serve` listens: this machine alone, unless told otherwise."""
    port: int = Field(default=3978, ge=0, le=65535, examples=[3978])
    """Where the reverse proxy finds it."""
    processes: int = Field(default=1, ge=1, le=64, examples=[3])
    """How many processes serve, on PostgreSQL; on SQLite it is one."""
    evidence_files: int = Field(default=10, ge=0, le=50, examples=[10])
    """How many files one case takes."""
    picture_megabytes: int = Field(default=10, ge=1, le=50, examples=[10])
    recording_megabytes: int = Field(default=25, ge=1, le=200, examples=[25])
    """For sound and PDF."""
    evidence_gigabytes: int = Field(default=20, ge=1, examples=[20])
    """How much all cases together may keep; beyond it nothing is taken, and reports still are."""
    heads: Path | None = Field(default=None, examples=[_HEADS])
    """An append-only file on another disk than the database; `serve` needs it."""
    heartbeat_url: SecretStr | None = Field(
        default=None, examples=["https://alarm.your-company.example/ping/mamori"]
    )
    """Called after every clean self-audit, so that silence alarms somebody outside."""
    metrics_port: int | None = Field(default=None, ge=0, le=65535, examples=[9464])
    """Where Prometheus finds the figures, on this machine only."""

    @field_validator("database")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        """Whoever takes it apart later would repeat a piece of the password in an error."""
        place = value.removeprefix("postgresql://")
        if place != value and not _PLACE.fullmatch(place):
            raise ValueError("cannot be read; in a password write @ as %40, : as %3A and / as %2F")
        return value

    @field_validator("master_key", "index_key")
    @classmethod
    def _is_key(cls, value: SecretStr) -> SecretStr:
        # What is written out is checked here, with the other settings; a file or a key service
        # is asked when the key is needed.
        if not value.get_secret_value().startswith(("file:", "command:")):
            try:
                KeySource("", value.get_secret_value()).keys()
            except KeySourceError as error:
                raise ValueError(str(error).removeprefix(": ")) from None
        return value

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        """The address alone: paths are put after it. One slash at its end is as good as none."""
        found = re.fullmatch(r"(https?://[^/\s]+)/?", value)
        if found is None:
            raise ValueError("must be http:// or https:// and the host's name, and no path")
        return found[1]

    @field_validator(*_SLACKS_OWN, mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        """A line whose value was left out: nothing can be checked with an empty secret."""
        return value or None

    @field_validator("slack_app_token")
    @classmethod
    def _slack_whole(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Here, where all of Slack's settings are read, and not at the end: the end is not come
        to where another setting is missing, and the operator would learn of one after the other."""
        several = [info.data.get(name) for name in _SEVERAL]
        alone, signed = (info.data.get(f"slack_{name}") for name in ("bot_token", "signing_secret"))
        if any(several) and not all(several):
            raise ValueError(f"several Slack workspaces need {_names(*_SEVERAL)}")
        if alone and any(several):
            raise ValueError(
                "MAMORI_SLACK_BOT_TOKEN is for one workspace, MAMORI_SLACK_CLIENT_ID for several: "
                "leave one out"
            )
        if bool(alone or any(several)) != bool(signed or value):
            raise ValueError(
                "Slack needs MAMORI_SLACK_BOT_TOKEN or MAMORI_SLACK_CLIENT_ID, and "
                "MAMORI_SLACK_SIGNING_SECRET or MAMORI_SLACK_APP_TOKEN"
            )
        return value

    @field_validator("teams_app_id", "teams_tenant")
    @classmethod
    def _in_lower_case(cls, value: str | None) -> str | None:
        return value.lower() if value else None

    @field_validator("teams_secret")
    @classmethod
    def _teams_whole(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Never a bot that lets in whoever comes: all of Teams is set, or none of it."""
        given = {name: info.data.get(name) for name in ("teams_app_id", "teams_tenant")}
        given["teams_secret"] = value.get_secret_value() if value else None
        missing = [name for name, one in given.items() if not one]
        if 0 < len(missing) < len(given):
            raise ValueError(f"Teams needs {_names(*given)}; missing or wrong: {_names(*missing)}")
        return value if not missing else None

    @field_validator("processes")
    @classmethod
    def _one_on_sqlite(cls, value: int, info: ValidationInfo) -> int:
        if value > 1 and str(info.data.get("database", "")).startswith("sqlite:"):
            raise ValueError("SQLite is served by one process; for several, use PostgreSQL")
        return value

    @field_validator("heartbeat_url")
    @classmethod
    def _is_private(cls, value: SecretStr | None) -> SecretStr | None:
        """Whoever knows the address can keep the alarm silent: no network reads it."""
        url = urlsplit(value.get_secret_value()) if value else None
        here = url is not None and url.hostname in ("127.0.0.1", "localhost", "::1")
        if url and not (
            (url.hostname and url.scheme == "https") or (url.scheme == "http" and here)
        ):
            raise ValueError("must be https://…, or http://… on this machine")
        return value

    @property
    def uses_teams(self) -> bool:
        """Whether Teams is set up: all of it is, or none."""
        return self.teams_secret is not None

    @property
    def uses_slack(self) -> bool:
        """Whether Slack is set up at all."""
        return self.slack_bot_token is not None or self.slack_client_id is not None

    def masters(self) -> KeySource:
        """Where the master keys come from."""
        return KeySource("MAMORI_MASTER_KEY", self.master_key.get_secret_value())

    def index(self) -> IndexKey:
        """The key for look-ups. Raises SettingsError where it cannot be read."""
        source = KeySource("MAMORI_INDEX_KEY", self.index_key.get_secret_value())
        return IndexKey(source.keys()[0])


class ServeSettings(Settings):
    """What an operator sets for `mamori serve`."""

    heads: Path = Field(examples=[_HEADS])

    @field_validator("heads")
    @classmethod
    def _is_elsewhere(cls, value: Path, info: ValidationInfo) -> Path:
        """Whoever reaches the database must not reach what convicts them."""
        _, _, file = str(info.data.get("database", "")).partition("sqlite:///")
        if file and Path(file).resolve().parent == value.resolve().parent:
            raise ValueError("must stand on another disk than the database, not beside it")
        if not value.resolve().parent.is_dir():
            raise ValueError("its folder does not exist")
        return value


class SettingsError(Exception):
    """Settings are missing or wrong; lists every one of them."""


def read_settings(*, serving: bool = False, **given: Any) -> Settings:
    """The settings of the environment. Raises SettingsError naming every gap at once."""
    try:
        return ServeSettings(**given) if serving else Settings(**given)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise SettingsError("\n".join(_line(problem) for problem in found)) from None


def _line(problem: ErrorDetails) -> str:
    """What is wrong with one setting, and what a right one looks like; never its value."""
    field = str(problem["loc"][0]) if problem["loc"] else ""
    own = problem["type"] == "value_error"  # says by itself what would be right
    what = _SAID.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    if not field:
        return what
    like = "" if own else f"; for example: {example(field)}"
    return f"{_names(field)}: {what}{like}"


_SAID = {"missing": "is not set", "string_pattern_mismatch": "does not have the right form"}


def example(field: str) -> str:
    """What a setting may look like."""
    examples = ServeSettings.model_fields[field].examples
    assert examples, field
    return str(examples[0])


def _names(*fields: str) -> str:
    """Settings as an operator writes them."""
    return ", ".join(f"MAMORI_{field.upper()}" for field in fields)
