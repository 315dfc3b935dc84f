"""Every theft of the table, performed: what is stolen, what may be in it, and what must not."""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

import structlog

from bot.logs import set_up_logs
from tests.adapters.slack.office import TEAM
from tests.support.pictures import GPS_MARK
from tests.thefts import loot
from tests.thefts.crowd import Town, Victim
from tests.thefts.needles import Haystack, hashed, keyed, pieces, plain
from tests.thefts.opened import rows_of, with_server_key

LOGGERS = (
    *("slack_bolt", "slack_sdk", "aiohttp", "asyncio", "sqlalchemy", "aiosqlite"),
    *("botbuilder", "botframework", "msrest", "microsoft_agents"),
)


@dataclass(frozen=True)
class Finding:
    """Something that was found where it must not be."""

    theft: str
    what: str
    count: int


def words(victims: Iterable[Victim]) -> list[bytes]:
    return [victim.words.encode() for victim in victims]


def names(victims: Iterable[Victim]) -> list[bytes]:
    return [victim.name.encode() for victim in victims]


def files(victims: Iterable[Victim]) -> list[bytes]:
    return [victim.file for victim in victims if victim.has_files]


def file_names(victims: Iterable[Victim]) -> list[bytes]:
    return [victim.file_name.encode() for victim in victims if victim.has_files]


def accounts(victims: Iterable[Victim]) -> list[bytes]:
    return [form for v in victims if v.account for form in plain(v.account, TEAM)]


class Robbery:
    """Looks through what was stolen, one kind of secret after the other."""

    def __init__(self, town: Town, ids: Sequence[str] | None = None) -> None:
        self.town = town
        self.ids = town.ids if ids is None else ids
        """The accounts that the thief knows."""
        self.findings: list[Finding] = []
        self.looked_at = 0
        """How many bytes were looked through."""

    def without(self, theft: str, data: bytes, **secrets: Iterable[bytes]) -> None:
        """None of these secrets may stand there."""
        self.looked_at += len(data)
        hays = list(pieces(data))
        for what, needles in secrets.items():
            found = sum(any(hay.holds(needle) for hay in hays) for needle in needles)
            if found:
                self.findings.append(Finding(theft, what, found))

    def without_hashes(self, theft: str, data: bytes, keys: Iterable[bytes]) -> None:
        """No known id stands there as a hash, plain or under any of these keys."""
        digests = [*hashed(self.ids, TEAM), *keyed(self.ids, TEAM, keys)]
        found = {digest for hay in pieces(data) for digest in hay.hashes_found(digests)}
        if found:
            self.findings.append(Finding(theft, "hashes of ids", len(found)))

    def without_hashes_of_its_own(
        self, theft: str, rows: Mapping[bytes, bytes], ids: Iterable[str]
    ) -> None:
        """In no rows that belong to a key stands one of these ids as a hash under that key."""
        ids = list(ids)
        for key, of_it in rows.items():
            found = Haystack(of_it).hashes_found(keyed(ids, TEAM, [key], spelled=2))
            if found:
                self.findings.append(Finding(theft, "hashes under a key of a case", len(found)))


async def rob(town: Town, logs: Callable[[], bytes], temporary: bytes) -> Robbery:
    """Steals everything, one after the other."""
    found = Robbery(town)
    everybody, unnamed = town.victims, town.of("only", "write")
    secret, ids = secrets_of(town), ids_of(found)
    for theft, data in (("desk export", loot.desk_export(town)), ("logs", logs())):
        found.without(theft, data, **secret, names=names(everybody), ids=ids)
    found.without("site export", loot.site_exports(town), **secret, ids=ids)
    found.without("site export", loot.site_exports(town), names=names(unnamed))
    found.without("bot token", loot.bot_token(town), **secret, ids=accounts(town.of("only")))
    found.without("metrics", loot.metrics(town.service), **secret, ids=ids)
    found.without("temporary files", temporary, **secret, names=names(everybody), ids=ids)
    rob_database(found, loot.database(town))
    member = await loot.desk_member(town)
    found.without("desk member", member, ids=accounts(unnamed), receipts=secret["receipts"])
    return found


def secrets_of(town: Town) -> dict[str, list[bytes]]:
    """What no theft but that of the server's keys gives."""
    everybody = town.victims
    return {
        "words": words(everybody),
        "receipts": [receipt.encode() for receipt in town.receipts],
        "files": files(everybody),
        "file names": file_names(everybody),
    }


def ids_of(found: Robbery) -> list[bytes]:
    return [form for account in found.ids for form in plain(account, TEAM)]


def rob_database(found: Robbery, stored: bytes) -> None:
    """The database as it lies there, and then with the server's keys beside it."""
    town, secret = found.town, secrets_of(found.town)
    everybody, unnamed, called = town.victims, town.of("only", "write"), secret["file names"]
    found.without("database", stored, **secret, names=names(everybody), ids=ids_of(found))
    opened = with_server_key(rows_of(town.database))
    receipts = secret["receipts"]
    found.without("database and key", opened.text, ids=accounts(unnamed), receipts=receipts)
    for data in (opened.text, opened.files, opened.shown):
        found.without("database and key", data, **{"file names": called})
    found.without("pictures that are shown", opened.shown, marks=[GPS_MARK, *files(everybody)])
    found.without("database and key", b"\n".join(opened.addresses), ids=accounts(town.of("only")))
    found.without_hashes("database and key", opened.text, opened.keys)
    found.without_hashes("database", stored, opened.keys)
    found.without_hashes_of_its_own("database and key", opened.cases, found.ids)
    senders = {victim.account for victim in everybody if victim.account}
    found.without_hashes_of_its_own("database and key", opened.parts, sorted(senders))


def whole(town: Town) -> list[str]:
    """Why a robbery would prove nothing: what should be there and is not."""
    opened, missing = with_server_key(rows_of(town.database)), []
    if not all(each in opened.text for each in words(town.victims)):
        missing.append("words are not in the database at all")
    if not all(each in opened.text for each in names(town.of("named"))):
        missing.append("names are not in the database at all")
    added = files(town.victims)
    if not added or not all(opened.files.count(each) >= 2 for each in added):
        missing.append("what stands in the files is not in the database at all")
    if GPS_MARK not in opened.files:
        missing.append("no photo says where it was taken")
    if opened.shown.count(b"JFIF") != len(added):
        missing.append("not every photo was drawn anew")
    writes = [v.account.encode() for v in town.of("write")]
    found = b"\n".join(opened.addresses)
    if not writes or not all(each in found for each in writes):
        missing.append("the addresses of those who may be written to are not in the vault")
    return missing


def listen() -> Callable[[], bytes]:
    """Takes every line of every logger from here on, the vendors' own included."""
    heard = StringIO()
    set_up_logs(for_people=False)
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=heard))
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(heard)
    root.setLevel(logging.DEBUG)
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    return lambda: heard.getvalue().encode()


def show(found: Robbery) -> None:
    """Prints what came of it."""
    for finding in found.findings:
        print(f"FOUND in {finding.theft}: {finding.count} {finding.what}", file=sys.stderr)
    print(f"{len(found.town.victims)} reports, {found.looked_at} bytes looked through.")
    print(f"Found where it must not be: {len(found.findings)}.")
