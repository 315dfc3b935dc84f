"""Settings from the environment or a file; everything that is missing is named at once."""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator sets. Each name is an environment variable with MAMORI_ before it."""

    model_config = SettingsConfigDict(env_prefix="MAMORI_", extra="forbid", env_file=None)

    database: str = Field(pattern=r"^(sqlite|postgresql)://")
    """sqlite:///path for one machine, postgresql://… for several processes."""
    master_key: SecretStr
    """64 hex digits; wraps every case's key. Never kept in the database or its backup."""
    index_key: SecretStr
    """64 hex digits; for receipts, site links and buttons."""
    company: Path
    """The YAML file with sites, people and channels."""
    public_url: str = Field(pattern=r"^https?://[^/\s]+$")
    """Where employees reach the web page, as printed on posters."""
    host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)

    @field_validator("master_key", "index_key")
    @classmethod
    def _is_key(cls, value: SecretStr) -> SecretStr:
        try:
            right = len(bytes.fromhex(value.get_secret_value())) == 32
        except ValueError:
            right = False
        if not right:
            raise ValueError("must be 64 hex digits, for example from: openssl rand -hex 32")
        return value

    def key(self, which: SecretStr) -> bytes:
        """A key's bytes."""
        return bytes.fromhex(which.get_secret_value())


class SettingsError(Exception):
    """Settings are missing or wrong; lists every one of them."""


def read_settings(**given: Any) -> Settings:
    """The settings of the environment. Raises SettingsError naming every gap at once."""
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False, include_url=False):
            name = "MAMORI_" + "_".join(str(part) for part in problem["loc"]).upper()
            what = "is not set" if problem["type"] == "missing" else problem["msg"]
            lines.append(f"{name}: {what}")
        raise SettingsError("\n".join(lines)) from None
