"""The only place that imports everything: plain constructor calls, top to bottom."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import structlog
from aiohttp import web

from adapters.web.app import asset_version, employee_app
from adapters.web.demo import add_demo
from adapters.web.heartbeat import HttpBeat
from adapters.web.messenger import WebMessenger
from adapters.web.middleware import WebParts
from adapters.web.render import Pages
from bot.bell import Bell, RingingStorage
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.company import Company, CompanyError, read_company
from bot.conversations import Conversations
from bot.deliveries import Messengers
from bot.desk_files import DeskFiles
from bot.directory import Directory
from bot.evidence import MEGABYTE, Evidence, Limits
from bot.heads import HeadsKey
from bot.heads_file import HeadsFile
from bot.health import Health
from bot.keys import IndexKey
from bot.messengers import Messenger
from bot.metrics import Meter, MeteredMessenger
from bot.own_case import OwnCases
from bot.packs import builtin_pack, builtin_pack_ids, read_pack
from bot.pins import Pins
from bot.ports import Clock, Entropy
from bot.retention import Retention
from bot.sealed_lists import SealedLists
from bot.seams import DemoClock, SystemClock, SystemEntropy
from bot.settings import Settings
from bot.shown_copies import ShownCopies
from bot.watch import Watch
from flows.policy import Policy
from storage import masters, schema
from storage.keyring import Keyring
from storage.store import SqlStorage

log = structlog.get_logger()


def platforms(settings: Settings) -> frozenset[str]:
    """The chat platforms that `serve` can reach. The web demo's channels are none of them."""
    used = {"slack": settings.uses_slack, "teams": settings.uses_teams}
    return frozenset(name for name, is_used in used.items() if is_used)


@dataclass(frozen=True)
class Service:
    """Everything that runs, built and joined."""

    work: Work
    app: web.Application
    messengers: Messengers
    bell: Bell
    watch: Watch
    meter: Meter
    retention: Retention


def read_policy(company: Company, beside: Path) -> Policy:
    """The pack a company named: one that ships, or a file beside the company's own.

    Raises CompanyError where a site is of a kind that it does not know.
    """
    if company.policy in builtin_pack_ids():
        # A pack that ships is somebody else's text or nobody's; here it is this company's.
        policy = builtin_pack(company.policy).model_copy(update={"company": company.name})
    else:
        policy = read_pack(beside.parent / company.policy)
    unknown = [each.id for each in company.sites if each.location not in policy.locations]
    if unknown:  # nobody there would be asked where in the building they are
        known = ", ".join(sorted(policy.locations))
        raise CompanyError(
            f"{beside}: sites: {', '.join(unknown)}: location: must be one that the policy knows: "
            + known
        )
    return policy


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    sqlite_driver: ModuleType | None = None,
) -> Service:
    """Joins all parts. A test passes its own clock and chance; everything else is real.

    `sqlite_driver` stands in for the driver of a SQLite database, where no thread may run.
    """
    clock = clock or SystemClock()
    entropy = entropy or SystemEntropy()
    company = read_company(settings.company)
    policy = read_policy(company, settings.company)
    schema.upgrade(settings.database)
    bell, meter = Bell(), Meter()
    keyring = _keyring(settings, entropy)
    if masters_missing(settings, keyring):
        log.error("master_key_missing")
    rows = SqlStorage(settings.database, keyring, entropy.bytes, sqlite_driver=sqlite_driver)
    storage, index = RingingStorage(rows, bell), settings.index()
    work = Work(storage, clock, entropy, index, company, Directory(company), policy)
    watch = _watch(settings, work, meter)
    messengers: dict[str, Messenger] = {}
    parts = _web_parts(settings, work, bell, watch, messengers)
    app = employee_app(parts)
    for name, messenger in _joined(settings, app, parts):
        messengers[name] = MeteredMessenger(messenger, name, meter)
    retention = Retention(work, heads_file(settings, index))
    return Service(work, app, messengers, bell, watch, meter, retention)


def _web_parts(
    settings: Settings, work: Work, bell: Bell, watch: Watch, messengers: Messengers
) -> WebParts:
    lists = SealedLists(work.storage, work.clock, work.entropy)
    catalogue = Catalogue.load()
    demo = isinstance(work.clock, DemoClock)
    evidence = Evidence(work, ShownCopies(), limits_of(settings))
    return WebParts(
        work=work,
        conversations=Conversations(work, lists),
        own_cases=OwnCases(work, lists),
        catalogue=catalogue,
        pages=Pages(catalogue, asset_version(), start="/start" if demo else "/"),
        bell=bell,
        health=Health(work, watch),
        lists=lists,
        evidence=evidence,
        desk_files=DeskFiles(work, evidence, messengers),
        demo=demo,
    )


def _joined(
    settings: Settings, app: web.Application, parts: WebParts
) -> Iterator[tuple[str, Messenger]]:
    """Adds each platform in use to the application, and gives its name and its messenger.

    The demo is what a DemoClock makes it: nothing else registers the desk's and the sites'
    pages.
    """
    work, lists, catalogue = parts.work, parts.lists, parts.catalogue
    if isinstance(work.clock, DemoClock):
        add_demo(app, parts, work.clock)
        yield "web", WebMessenger(work.storage, work.clock)
    # What nobody uses is not imported: who is killed must be ready again soon.
    if settings.uses_slack:
        from adapters.slack.app import add_slack
        from adapters.slack.joining import slack_site

        slack = slack_site(settings, work, lists, catalogue, parts.bell)
        add_slack(app, slack)
        yield "slack", slack.messenger
    if settings.uses_teams:
        from adapters.teams.joining import add_teams, teams_site

        teams = teams_site(settings, work, lists, catalogue)
        add_teams(app, teams)
        yield "teams", teams.messenger


def limits_of(settings: Settings) -> Limits:
    """How much evidence is taken."""
    return Limits(
        files=settings.evidence_files,
        picture=settings.picture_megabytes * MEGABYTE,
        recording=settings.recording_megabytes * MEGABYTE,
        altogether=settings.evidence_gigabytes * 1024 * MEGABYTE,
    )


def opened_work(settings: Settings) -> Work:
    """What a command works with, beside a service that may be running. Close its storage."""
    clock, entropy = SystemClock(), SystemEntropy()
    company = read_company(settings.company)
    rows = opened_storage(settings)
    index = settings.index()
    policy = read_policy(company, settings.company)
    return Work(rows, clock, entropy, index, company, Directory(company), policy)


def opened_storage(settings: Settings) -> SqlStorage:
    """The database alone. Close it."""
    entropy = SystemEntropy()
    return SqlStorage(settings.database, _keyring(settings, entropy), entropy.bytes)


def heads_file(settings: Settings, index: IndexKey) -> HeadsFile | None:
    """The file of pinned heads, where one is set."""
    return HeadsFile(settings.heads, HeadsKey(index)) if settings.heads else None


def masters_missing(settings: Settings, keyring: Keyring | None = None) -> frozenset[str]:
    """The ids of master keys that the database needs besides those that are set.

    Raises WrongMasterKey where nothing of what is there can be opened.
    """
    keyring = keyring or _keyring(settings, SystemEntropy())
    return masters.masters_missing(settings.database, keyring.ids)


def _keyring(settings: Settings, entropy: Entropy) -> Keyring:
    return Keyring(settings.masters().keys, entropy.bytes)


def _watch(settings: Settings, work: Work, meter: Meter) -> Watch:
    pins = beat = None
    file = heads_file(settings, work.index)
    if file is not None:
        pins = Pins(work.storage, work.clock, file)
    if settings.heartbeat_url is not None:
        beat = HttpBeat(settings.heartbeat_url.get_secret_value())
    return Watch(work, meter, pins=pins, beat=beat, room=limits_of(settings).altogether)
