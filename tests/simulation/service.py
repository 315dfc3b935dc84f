"""The real service, built for one life of a world.

`bot.wiring.build` joins it as in production, without pages; the clock, chance, the database
driver and the bell are the world's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiohttp import web
from pydantic import SecretStr

from bot import wiring
from bot.case_work import Work
from bot.company import Company
from bot.conversations import Conversations
from bot.own_case import OwnCases
from bot.ports import Clock, Entropy
from bot.sealed_lists import SealedLists
from bot.settings import Settings
from bot.wiring import Service
from storage import schema
from tests.simulation.bell import SkippingBell
from tests.simulation.driver import Driver


@cache
def _settings() -> Settings:
    """What never changes; looking for them in files and the environment takes its time."""
    return Settings(
        database="sqlite:///replaced",
        master_key=SecretStr("11" * 32),
        index_key=SecretStr("22" * 32),
        company=Path("company.yaml"),
        public_url="https://mamori.example",
    )


def _no_pages(*_: object, **__: object) -> Any:
    """Pages are drawn in a browser's tests; here nobody looks at HTML."""
    return None


@contextmanager
def _read_once(company: Company, bell: SkippingBell) -> Iterator[None]:
    with (
        patch.multiple(
            wiring,
            read_company=lambda _: company,
            Bell=lambda: bell,
            Pages=_no_pages,
            asset_version=lambda: "",
            employee_app=lambda _: web.Application(),
        ),
        patch.object(schema, "upgrade", lambda _: None),
    ):
        yield


@dataclass(frozen=True)
class Doors:
    """Where requests enter one life of the service, as adapters let them in."""

    service: Service
    conversations: Conversations
    own_cases: OwnCases

    @property
    def work(self) -> Work:
        return self.service.work


def build_service(
    database: Path,
    company: Company,
    driver: Driver,
    clock: Clock,
    entropy: Entropy,
    bell: SkippingBell,
) -> Doors:
    """The service on this database, for the life whose driver this is."""
    settings = _settings().model_copy(update={"database": f"sqlite:///{database}"})
    with _read_once(company, bell):
        service = wiring.build(settings, clock=clock, entropy=entropy, sqlite_driver=driver)
    lists = SealedLists(service.work.storage, clock, entropy)
    return Doors(service, Conversations(service.work, lists), OwnCases(service.work, lists))
