"""The only place that imports everything: plain constructor calls, top to bottom."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TextIO

import structlog
from aiohttp import web

from adapters.slack.app import add_slack
from adapters.slack.doctor import examine
from adapters.slack.joining import slack_api, slack_site
from adapters.slack.manifest import chat_link as slack_link
from adapters.slack.manifest import manifest
from adapters.web.app import asset_version, employee_app
from adapters.web.demo import add_demo
from adapters.web.heartbeat import HttpBeat
from adapters.web.messenger import WebMessenger
from adapters.web.metrics import metrics_served
from adapters.web.middleware import WebParts
from adapters.web.poster import poster_page
from adapters.web.render import Pages
from bot.bell import Bell, RingingStorage
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.company import Company, Site, read_company
from bot.conversations import Conversations
from bot.deliveries import Messengers
from bot.desk_files import DeskFiles
from bot.directory import Directory
from bot.evidence import MEGABYTE, Evidence, Limits
from bot.findings import Finding
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
from bot.worker import run_forever
from flows.phrases import Phrase
from flows.policy import Policy
from storage import schema
from storage.engines import lock_file
from storage.keyring import Keyring
from storage.store import SqlStorage

log = structlog.get_logger()

SHUTDOWN_SECONDS = 5.0


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
    """The pack a company named: one that ships, or a file beside the company's own."""
    if company.policy in builtin_pack_ids():
        # A pack that ships is somebody else's text or nobody's; here it is this company's.
        return builtin_pack(company.policy).model_copy(update={"company": company.name})
    return read_pack(beside.parent / company.policy)


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    sqlite_driver: ModuleType | None = None,
) -> Service:
    """Joins all parts. A test passes its own clock and chance; everything else is real.

    `sqlite_driver` stands in for the driver of a SQLite database, where no thread may run.

    The demo is what a DemoClock makes it: nothing else registers the desk's and the sites'
    pages.
    """
    clock = clock or SystemClock()
    entropy = entropy or SystemEntropy()
    company = read_company(settings.company)
    policy = read_policy(company, settings.company)
    schema.upgrade(settings.database)
    keyring = _keyring(settings, entropy)
    bell = Bell()
    rows = SqlStorage(settings.database, keyring, entropy.bytes, sqlite_driver=sqlite_driver)
    storage = RingingStorage(rows, bell)
    index = settings.index()
    work = Work(storage, clock, entropy, index, company, Directory(company), policy)
    meter = Meter()
    watch = _watch(settings, work, meter)
    lists = SealedLists(storage, clock, entropy)
    catalogue = Catalogue.load()
    demo = isinstance(clock, DemoClock)
    messengers: dict[str, Messenger] = {}
    evidence = Evidence(work, ShownCopies(), limits_of(settings))
    parts = WebParts(
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
    app = employee_app(parts)
    if isinstance(clock, DemoClock):
        add_demo(app, parts, clock)
        messengers["web"] = MeteredMessenger(WebMessenger(storage, clock), "web", meter)
    if settings.uses_slack:
        slack = slack_site(settings, work, lists, catalogue, bell)
        add_slack(app, slack)
        messengers["slack"] = MeteredMessenger(slack.messenger, "slack", meter)
    if settings.uses_teams:
        # What nobody uses is not imported: Teams brings the most.
        from adapters.teams.joining import add_teams, teams_site

        teams = teams_site(settings, work, lists, catalogue)
        add_teams(app, teams)
        messengers["teams"] = MeteredMessenger(teams.messenger, "teams", meter)
    retention = Retention(work, heads_file(settings, index))
    return Service(work, app, messengers, bell, watch, meter, retention)


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


def _keyring(settings: Settings, entropy: Entropy) -> Keyring:
    return Keyring(settings.masters().keys, entropy.bytes)


def _watch(settings: Settings, work: Work, meter: Meter) -> Watch:
    pins = beat = None
    file = heads_file(settings, work.index)
    if file is not None:
        pins = Pins(work.storage, work.clock, file)
    if settings.heartbeat_url is not None:
        beat = HttpBeat(settings.heartbeat_url.get_secret_value())
    return Watch(work, meter, pins=pins, beat=beat)


def examine_all(settings: Settings, out: TextIO) -> int:
    """Looks at the database and everything outside, says what is wrong. 1 when anything is."""
    company, clock = read_company(settings.company), SystemClock()
    if not platforms(settings):
        print("Neither Slack nor Teams is set up: see docs/slack.md and docs/teams.md", file=out)
        return 1
    database = _database(settings)

    async def at_slack() -> list[Finding]:
        storage = opened_storage(settings)
        api, _ = slack_api(settings, storage, clock)
        try:
            return await examine(api, company, clock.now())
        finally:
            await api.close()
            await storage.close()

    async def look() -> list[Finding]:
        # The tokens of several workspaces stand in the database.
        readable = database.right or settings.slack_client_id is None
        found = await at_slack() if settings.uses_slack and readable else []
        if settings.uses_teams:
            from adapters.teams.joining import examine_teams

            found += await examine_teams(settings, company, clock)
        return found

    findings = [database, *asyncio.run(look())]
    for finding in findings:
        print(f"{'ok   ' if finding.right else 'WRONG'}  {finding.what}", file=out)
    return 0 if all(finding.right for finding in findings) else 1


def _database(settings: Settings) -> Finding:
    if schema.revision(settings.database) == schema.newest():
        return Finding(True, "the database has the newest tables")
    return Finding(False, "the database lacks the newest tables; type: mamori db upgrade")


def print_manifest(url: str | None, socket: bool, several: bool, out: TextIO) -> int:
    """Writes Slack's app manifest for this service."""
    out.write(manifest(url, socket=socket, several=several))
    return 0


def write_teams_package(settings: Settings, path: Path, out: TextIO) -> int:
    """Writes the app package for the company's Teams. 1 where Teams is not set up."""
    from adapters.teams.manifest import Registration, write  # draws: nothing a server needs

    if settings.teams_app_id is None:
        print("Teams is not set up: MAMORI_TEAMS_APP_ID is not set", file=out)
        return 1
    catalogue = Catalogue.load()
    company = catalogue.text(read_company(settings.company).name, "ja")
    registration = Registration(
        settings.teams_app_id, settings.public_url, company, version("mamori")
    )
    write(path, catalogue, SystemClock(), registration)
    print(path, file=out)
    return 0


@asynccontextmanager
async def running(service: Service, host: str, port: int) -> AsyncIterator[int]:
    """Serves and works off what is due until the block is left. Gives the port in use."""
    runner = web.AppRunner(
        service.app,
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
        auto_decompress=False,  # nobody we know sends compressed, and a bomb is never unpacked
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    tasks = (
        asyncio.create_task(run_forever(service.work, service.messengers, service.bell)),
        asyncio.create_task(service.watch.run_forever()),
        asyncio.create_task(service.retention.run_forever()),
    )
    try:
        yield runner.addresses[0][1]
    finally:
        service.bell.close()
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await runner.cleanup()
        await service.work.storage.close()


async def serve_until_stopped(service: Service, settings: Settings) -> None:
    """Serves until the process is told to stop, then lets requests in hand finish."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(running(service, settings.host, settings.port))
        if settings.metrics_port is not None:
            await stack.enter_async_context(metrics_served(service.meter, settings.metrics_port))
        log.info("serving", port=port, sites=len(service.work.company.sites))
        await stop.wait()
    log.info("stopped")


def write_posters(settings: Settings, folder: Path, slack_app: str | None, out: TextIO) -> int:
    """Writes a printable page for each site, with the link to its first card.

    And one for each chat that the bot is in, with the link that opens it there: the same for
    everybody. Slack's needs the app's id; Teams' is a setting.
    """
    from adapters.teams.manifest import chat_link as teams_link

    company = read_company(settings.company)
    policy, catalogue = read_policy(company, settings.company), Catalogue.load()
    codes: list[tuple[str, Phrase | None, str, str]] = [
        (site.id, site.name, _page_of(settings, site), site.language) for site in company.sites
    ]
    chats = {"slack": (slack_app, slack_link), "teams": (settings.teams_app_id, teams_link)}
    language = company.sites[0].language
    codes.extend((name, None, link(app), language) for name, (app, link) in chats.items() if app)
    folder.mkdir(parents=True, exist_ok=True)
    for name, site_name, url, tongue in codes:
        page = poster_page(
            catalogue, site_name=site_name, url=url, policy_title=policy.title, language=tongue
        )
        path = folder / f"{name}.html"
        path.write_text(page, "utf-8")
        print(path, file=out)
    return 0


def _page_of(settings: Settings, site: Site) -> str:
    token = settings.index().site_token(site.id, site.link_version)
    return f"{settings.public_url}/s/{token}"


def serve(settings: Settings, clock: Clock | None = None) -> None:
    """Builds and serves. Raises DatabaseInUse when another process serves this database."""
    held = lock_file(settings.database)
    try:
        asyncio.run(serve_until_stopped(build(settings, clock=clock), settings))
    finally:
        if held is not None:
            held.close()
