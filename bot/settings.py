"""Settings from the environment or a file; everything that is missing is named at once."""

from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.company import ENTRA_ID
from bot.key_sources import KeySource, KeySourceError
from bot.keys import IndexKey


class Settings(BaseSettings):
    """What an operator sets. Each name is an environment variable with MAMORI_ before it."""

    model_config = SettingsConfigDict(env_prefix="MAMORI_", extra="forbid", env_file=None)

    database: str = Field(pattern=r"^(sqlite|postgresql)://")
    """sqlite:///path for one machine, postgresql://… for several processes."""
    master_key: SecretStr
    """Wraps every case's key: 64 hex digits, "file:/path" or "command:program …". Several keys
    in one place are a ring: the first wraps, all open. Never in the database or its backup."""
    index_key: SecretStr
    """For receipts, site links and buttons: one key, from the same kinds of places."""
    company: Path
    """The YAML file with sites, people and channels."""
    public_url: str = Field(pattern=r"^https?://[^/\s]+$")
    """Where employees reach the web page, as printed on posters."""
    slack_bot_token: SecretStr | None = None
    """The bot token of the only Slack workspace, xoxb-…; left out, Slack is not used."""
    slack_signing_secret: SecretStr | None = None
    """What Slack signs its requests with."""
    slack_client_id: str | None = None
    """The app's Client ID, where it is installed in several workspaces or an organisation."""
    slack_client_secret: SecretStr | None = None
    """The app's Client Secret."""
    slack_workspaces: str = Field(default="", pattern=r"^([TE][A-Z0-9]+)?(, *[TE][A-Z0-9]+)*$")
    """Which workspaces (T…) and organisations (E…) may install the app, with commas between."""
    slack_app_token: SecretStr | None = None
    """An app-level token, xapp-…, where Slack cannot reach this service (Socket Mode)."""
    teams_app_id: str | None = Field(default=None, pattern=ENTRA_ID)
    """The application id of the bot's registration in Entra; left out, Teams is not used."""
    teams_tenant: str | None = Field(default=None, pattern=ENTRA_ID)
    """The directory id: the only tenant that is let in."""
    teams_secret: SecretStr | None = Field(default=None, validate_default=True)
    """The registration's client secret, its value."""
    teams_backend: Literal["botbuilder", "agents"] = "botbuilder"
    """Which of Microsoft's SDKs stands behind Teams."""
    host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)
    evidence_files: int = Field(default=10, ge=0, le=50)
    """How many files one case takes."""
    picture_megabytes: int = Field(default=10, ge=1, le=50)
    recording_megabytes: int = Field(default=25, ge=1, le=200)
    """For sound and PDF."""
    evidence_gigabytes: int = Field(default=20, ge=1)
    """How much all cases together may keep; beyond it nothing is taken, and reports still are."""
    heads: Path | None = None
    """An append-only file on another disk than the database; `serve` needs it."""
    heartbeat_url: SecretStr | None = None
    """Called after every clean self-audit, so that silence alarms somebody outside."""
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Where Prometheus finds the figures, on this machine only."""

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
            raise ValueError(
                "Teams needs teams_app_id, teams_tenant and teams_secret; missing or wrong: "
                + ", ".join(missing)
            )
        return value if not missing else None

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

    @model_validator(mode="after")
    def _slack_whole(self) -> Self:
        several = (self.slack_client_id, self.slack_client_secret, self.slack_workspaces or None)
        if any(several) and not all(several):
            raise ValueError(
                "several Slack workspaces need slack_client_id, slack_client_secret and "
                "slack_workspaces"
            )
        if self.slack_bot_token is not None and any(several):
            raise ValueError(
                "slack_bot_token is for one workspace, slack_client_id for several: leave one out"
            )
        ways_in = (self.slack_signing_secret, self.slack_app_token)
        if self.uses_slack != (ways_in != (None, None)):
            raise ValueError(
                "Slack needs slack_bot_token or slack_client_id, and slack_signing_secret or "
                "slack_app_token"
            )
        return self

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

    heads: Path

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
        lines = []
        for problem in error.errors(include_input=False, include_url=False):
            name = "MAMORI_" + "_".join(str(part) for part in problem["loc"]).upper()
            what = "is not set" if problem["type"] == "missing" else problem["msg"]
            lines.append(f"{name}: {what}")
        raise SettingsError("\n".join(lines)) from None
