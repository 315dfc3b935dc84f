"""The command line: `mamori …`, or `python -m bot …`."""

import argparse
import os
from pathlib import Path
from typing import TypeAlias

from bot.demo import PORT

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parser() -> argparse.ArgumentParser:
    """Every command and what it does."""
    top = argparse.ArgumentParser(prog="mamori", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="try it in a browser, on this machine only")
    demo.add_argument("--folder", type=Path, default=Path(".demo"))
    demo.add_argument("--port", type=int, default=int(os.environ.get("PORT") or PORT))
    commands.add_parser("serve", help="run for a company, from MAMORI_… settings")
    _add_policy(commands)
    _add_sites(commands)
    _add_roster(commands)
    _add_case(commands)
    purge = commands.add_parser("purge", help="delete what was kept long enough, for good")
    purge.add_argument("--dry-run", action="store_true", help="only say how much")
    keys = commands.add_parser("keys", help="the master key")
    keys.add_subparsers(dest="verb", required=True).add_parser(
        "rotate", help="wrap every case's key by the first master key; the service goes on"
    )
    _add_manifest(commands)
    doctor = commands.add_parser("doctor", help="check tokens, scopes, channels and clocks")
    doctor.set_defaults(verb=None)
    database = commands.add_parser("db", help="the database")
    database.add_subparsers(dest="verb", required=True).add_parser(
        "upgrade", help="bring the database to the newest tables"
    )
    return top


def _add_policy(commands: Commands) -> None:
    policy = commands.add_parser("policy", help="check or read a policy pack")
    verbs = policy.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="say what is wrong with packs, and how to fix it")
    check.add_argument("files", nargs="+", type=Path)
    show = verbs.add_parser("show", help="read a pack as a page, or as a poster for customers")
    show.add_argument("pack", help="a file, or the id of a pack that ships")
    show.add_argument("--language", default="ja")
    show.add_argument("--poster", action="store_true")


def _add_sites(commands: Commands) -> None:
    sites = commands.add_parser("sites", help="posters with the link to each site's page")
    site_verbs = sites.add_subparsers(dest="verb", required=True)
    qr = site_verbs.add_parser("qr", help="write a printable poster for each site")
    qr.add_argument("--to", type=Path, default=Path("posters"))
    qr.add_argument("--demo", type=Path, default=None, help="use the demo's folder and keys")
    qr.add_argument("--slack-app", metavar="APP_ID", help="a poster that opens the bot in Slack")


def _add_roster(commands: Commands) -> None:
    roster = commands.add_parser("roster", help="who works here: check or import a CSV file")
    roster_verbs = roster.add_subparsers(dest="verb", required=True)
    look = roster_verbs.add_parser("check", help="say what is wrong with a roster, or what it has")
    look.add_argument("file", type=Path)
    look.add_argument("--company", type=Path, default=None, help="instead of MAMORI_COMPANY's")
    take = roster_verbs.add_parser("import", help="put a roster in place of the one before")
    take.add_argument("file", type=Path)
    losing = "take it also where a site loses its last manager or deputy"
    take.add_argument("--even-so", action="store_true", help=losing)


def _add_case(commands: Commands) -> None:
    cases = commands.add_parser("case", help="what was written down about cases")
    case_verbs = cases.add_subparsers(dest="verb", required=True)
    verify = case_verbs.add_parser("verify", help="say whether any history was changed afterwards")
    verify.add_argument("public_ids", nargs="*", metavar="PUBLIC_ID", help="all cases by default")
    for name, what in (
        ("hold", "keep cases whatever their age"),
        ("release", "let held cases go again"),
    ):
        held = case_verbs.add_parser(name, help=what)
        held.add_argument("public_ids", nargs="+", metavar="PUBLIC_ID")


def _add_manifest(commands: Commands) -> None:
    manifest = commands.add_parser("manifest", help="what Slack or Teams installs the app from")
    manifest.add_argument("platform", choices=["slack", "teams"])
    manifest.add_argument("--url", help="Slack: this service's address; or else Socket Mode")
    manifest.add_argument("--socket", action="store_true", help="Socket Mode, whatever the address")
    manifest.add_argument(
        "--several", action="store_true", help="for several workspaces or an organisation"
    )
    manifest.add_argument(
        "--out", type=Path, default=Path("mamori.zip"), help="Teams: the package to write"
    )
