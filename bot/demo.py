"""The demo's own settings: an example company, a database and keys in one folder."""

import secrets
from pathlib import Path

from pydantic import SecretStr

from bot.seams import DemoClock
from bot.settings import Settings, read_settings

EXAMPLE_COMPANY = Path(__file__).parent / "example_company.yaml"
PORT = 3978
HOST = "127.0.0.1"
"""Loopback only: in the demo whoever looks may act as anybody."""


def demo_settings(folder: Path, port: int | None) -> tuple[Settings, DemoClock]:
    """Settings that survive a restart, made on first use.

    Without a port, the one the demo in this folder used last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "port"
    if port is None:  # posters printed later must lead to the demo that runs
        port = int(kept.read_text()) if kept.exists() else PORT
    kept.write_text(str(port))
    settings = read_settings(
        database=f"sqlite:///{folder / 'mamori.db'}",
        master_key=_kept_key(folder / "master.key"),
        index_key=_kept_key(folder / "index.key"),
        company=EXAMPLE_COMPANY,
        public_url=f"http://{HOST}:{port}",
        host=HOST,
        port=port,
    )
    return settings, DemoClock(folder / "clock-minutes")


def _kept_key(path: Path) -> SecretStr:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return SecretStr(path.read_text())
