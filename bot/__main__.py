"""The command line: `mamori …`, or `python -m bot …`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import wiring
from bot.arguments import parser
from bot.case_commands import verify_cases
from bot.company import CompanyError, read_company
from bot.demo import EXAMPLE_COMPANY, demo_settings
from bot.key_commands import rotate_keys
from bot.key_sources import KeySourceError
from bot.logs import set_up_logs
from bot.packs import PackError
from bot.platform_commands import examine_all, print_manifest, write_teams_package
from bot.policy_commands import check_packs, show_pack
from bot.retention_commands import hold_cases, purge_cases
from bot.roster_commands import (
    check_roster,
    import_roster,
    in_use,
    left_alone,
    say_left_alone,
)
from bot.seams import SystemClock
from bot.serving import serve
from bot.settings import Settings, SettingsError, read_settings
from bot.site_commands import write_posters
from bot.work_records import platform_of
from storage import schema
from storage.engines import DatabaseInUse
from storage.masters import WrongMasterKey
from storage.schema import NewerDatabase
from storage.store import SqlStorage


def run(args: argparse.Namespace) -> int:
    """Carries out one command and gives the exit code."""
    match args.command, getattr(args, "verb", None):
        case "demo", _:
            return _demo(args.folder, args.port)
        case "policy", "check":
            return check_packs(args.files, sys.stdout)
        case "policy", _:
            return show_pack(args.pack, args.language, args.poster, sys.stdout)
        case "sites", _:
            settings = demo_settings(args.demo, None)[0] if args.demo else read_settings()
            return write_posters(settings, args.to, args.slack_app, sys.stdout)
        case "roster", "check":
            company = read_company(args.company or read_settings().company)
            return int(not check_roster(args.file, company, SystemClock().now(), sys.stdout))
        case "roster", _:
            return asyncio.run(_import_roster(args.file, even_so=args.even_so))
        case (("case" | "purge" | "keys"), verb):
            return asyncio.run(_verify(args.public_ids) if verb == "verify" else _keep(args))
        case (("manifest" | "doctor"), _):
            return _outside(args)
        case "db", _:
            schema.upgrade(read_settings().database)
            return 0
        case _:
            return _serve()


def _demo(folder: Path, port: int) -> int:
    set_up_logs(for_people=sys.stderr.isatty())
    settings, clock = demo_settings(folder, port)
    print(f"Mamori demo with {EXAMPLE_COMPANY.stem}: open http://{settings.host}:{port}/")
    return serve(settings, clock)


async def _import_roster(path: Path, *, even_so: bool) -> int:
    settings, clock = read_settings(), SystemClock()
    company = read_company(settings.company)
    people = check_roster(path, company, clock.now(), sys.stdout)
    if not people:
        return 1
    if not _at_newest(settings):
        return 1
    wiring.masters_missing(settings)
    storage = _opened(settings)
    try:
        before = await in_use(company, storage)
        if not even_so and (alone := left_alone(people, before)):
            say_left_alone(alone, sys.stdout)
            return 1
        await import_roster(people, before, storage, clock.now(), sys.stdout)
    finally:
        await storage.close()
    return 0


async def _verify(public_ids: Sequence[str]) -> int:
    settings = read_settings()
    if not _at_newest(settings):
        return 1
    heads = wiring.heads_file(settings, settings.index())
    storage = _opened(settings)
    try:
        return await verify_cases(storage, heads, public_ids, sys.stdout)
    finally:
        await storage.close()


async def _keep(args: argparse.Namespace) -> int:
    """What is kept, and for how long."""
    settings = read_settings()
    if not _at_newest(settings):
        return 1
    wiring.masters_missing(settings)
    work = wiring.opened_work(settings)
    try:
        if args.command == "keys":
            read_again = settings.masters().read_again
            return await rotate_keys(work.storage, sys.stdout, read_again=read_again)
        if args.command == "purge":
            heads = wiring.heads_file(settings, work.index)
            return await purge_cases(work, heads, dry_run=args.dry_run, out=sys.stdout)
        held = args.verb == "hold"
        return await hold_cases(work, args.public_ids, held=held, out=sys.stdout)
    finally:
        await work.storage.close()


def _at_newest(settings: Settings) -> bool:
    """Whether the database has the newest tables; says so when it has not."""
    if not _is_begun(settings):
        return False
    newest = schema.revision(settings.database) == schema.newest()
    if not newest:
        print("The database lacks the newest tables. Type: mamori db upgrade", file=sys.stderr)
    return newest


def _is_begun(settings: Settings) -> bool:
    """Whether there is a database: a mistyped address would begin an empty one, and every report
    seem to be gone. Only `mamori db upgrade` begins one."""
    if schema.revision(settings.database) is not None:
        return True
    print(
        "MAMORI_DATABASE leads to no database of Mamori's. Is it mistyped?\n"
        "To begin a new one there, type: mamori db upgrade",
        file=sys.stderr,
    )
    return False


def _opened(settings: Settings) -> SqlStorage:
    return wiring.opened_storage(settings)


def _outside(args: argparse.Namespace) -> int:
    """What concerns the platforms outside: what they are told, and whether all is right there."""
    if args.command == "manifest":
        if args.platform == "teams":
            return write_teams_package(read_settings(), args.out, sys.stdout)
        if args.several and args.url is None:
            print("--several needs --url: browsers are led back to it", file=sys.stderr)
            return 1
        return print_manifest(args.url, args.socket, args.several, sys.stdout)
    return examine_all(read_settings(), sys.stdout)


def _serve() -> int:
    settings = read_settings(serving=True)
    company = read_company(settings.company)
    channels = {*company.desk_channels, *(site.channel for site in company.sites)}
    reachable = wiring.platforms(settings)
    unreachable = sorted(c for c in channels if platform_of(c) not in reachable)
    if unreachable:
        print(
            "mamori serve reaches no platform for these channels, and does not start, because\n"
            "reports would be taken that nobody sees. Set MAMORI_SLACK_BOT_TOKEN for Slack's,\n"
            "MAMORI_TEAMS_APP_ID and the other two for Teams'.\n"
            "Unreachable: " + ", ".join(unreachable),
            file=sys.stderr,
        )
        return 1
    if not _is_begun(settings):
        return 1
    set_up_logs(for_people=False)
    return serve(settings)


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point. Known problems are one clear message, never a stack trace."""
    args = parser().parse_args(argv)
    try:
        return run(args)
    except SettingsError as error:
        print(f"These settings are missing or wrong:\n{error}", file=sys.stderr)
    except (CompanyError, PackError, KeySourceError, NewerDatabase, WrongMasterKey) as error:
        print(error, file=sys.stderr)
    except DatabaseInUse as error:
        print(f"Another process already serves {error}.", file=sys.stderr)
    except BrokenPipeError:  # whoever read along has seen enough
        sys.stderr.close()
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        print(f"{error.strerror or error}{where}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
