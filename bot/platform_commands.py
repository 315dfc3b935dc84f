"""`mamori doctor` and `mamori manifest`: what the platforms need, and whether it is there."""

import asyncio
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from bot.catalogue import Catalogue
from bot.company import Company, read_company
from bot.directory import Directory, refresh
from bot.findings import Finding
from bot.roster_commands import empty_desks
from bot.seams import SystemClock
from bot.settings import Settings
from bot.wiring import masters_missing, opened_storage, platforms
from storage import schema
from storage.masters import WrongMasterKey

UNREAD_ROSTER = (
    "the roster cannot be read, and nobody can be asked: set the master key that it was imported "
    "under as well, or import it again"
)


def examine_all(settings: Settings, out: TextIO) -> int:
    """Looks at the database and everything outside, says what is wrong. 1 when anything is."""
    if not platforms(settings):
        print("Neither Slack nor Teams is set up: see docs/slack.md and docs/teams.md", file=out)
        return 1
    findings = asyncio.run(_found(settings))
    for finding in findings:
        print(f"{'ok   ' if finding.right else 'WRONG'}  {finding.what}", file=out)
    return 0 if all(finding.right for finding in findings) else 1


async def _found(settings: Settings) -> list[Finding]:
    company, clock, database = read_company(settings.company), SystemClock(), _database(settings)
    found = [database, *_masters(settings)] if database.right else [database]
    if database.right:
        found += await _desks(settings, company)
    # The tokens of several workspaces stand in the database.
    readable = database.right or settings.slack_client_id is None
    if settings.uses_slack and readable:
        from adapters.slack.joining import examine_slack

        storage = opened_storage(settings)
        try:
            found += await examine_slack(settings, storage, company, clock)
        finally:
            await storage.close()
    if settings.uses_teams:
        from adapters.teams.joining import examine_teams

        found += await examine_teams(settings, company, clock)
    return found


def _database(settings: Settings) -> Finding:
    if schema.revision(settings.database) == schema.newest():
        return Finding(True, "the database has the newest tables")
    return Finding(False, "the database lacks the newest tables; type: mamori db upgrade")


async def _desks(settings: Settings, company: Company) -> list[Finding]:
    """Whether anybody is at each desk, by the roster there is."""
    directory, storage = Directory(company), opened_storage(settings)
    try:
        await refresh(directory, storage)
    finally:
        await storage.close()
    if directory.unread:
        return [Finding(False, UNREAD_ROSTER)]
    wrong = [Finding(False, text) for text in empty_desks(directory)]
    return wrong or [Finding(True, "there is somebody at each desk")]


def _masters(settings: Settings) -> Iterator[Finding]:
    """Whether the master keys open what is there."""
    try:
        missing = masters_missing(settings)
    except WrongMasterKey as error:
        what = f"the master key opens nothing of what is there: the database needs {error.right}"
        yield Finding(False, what)
        return
    if missing:
        ids = ", ".join(sorted(missing))
        yield Finding(False, f"set a further master key: something in the database needs {ids}")
    else:
        yield Finding(True, "the master key opens what is in the database")


def print_manifest(url: str | None, socket: bool, several: bool, out: TextIO) -> int:
    """Writes Slack's app manifest for this service."""
    from adapters.slack.manifest import manifest

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
