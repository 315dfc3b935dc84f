"""`mamori keys rotate`: every key is wrapped by the first master key, while the service goes on."""

from typing import TextIO

import structlog

from bot.ports import Storage

log = structlog.get_logger()

AT_ONCE = 200
"""Keys of one transaction: on SQLite nobody else writes meanwhile, for some milliseconds."""


NOT_BEGUN = """\
No key was wrapped anew: no service has begun with the new master key yet. Only a key in a file is
read again by a service that runs. Begin every service anew, then type this again.\
"""


async def use_newest_key(storage: Storage) -> None:
    """A service that begins wraps one key by its first master key: a sign that it has that one."""
    try:
        async with storage.write(quiet=True) as tx:
            await tx.keys.rewrap(1)
    except Exception as error:  # noqa: BLE001  nobody may wait for help because of a sign
        log.error("newest_key_not_used", error=type(error).__name__)


async def _is_in_use(storage: Storage) -> bool:
    """Whether a service has begun with the first master key, where another wraps anything."""
    async with storage.read() as tx:
        counts, first = await tx.keys.by_master(), tx.keys.first()
        others = counts.keys() & set(tx.keys.masters()) - {first}
    return first in counts or not others


async def rotate_keys(storage: Storage, out: TextIO, *, read_again: bool = True) -> int:
    """Wraps anew until nothing is left to, and says what each master key wraps now.

    What a key opens is not touched: a case of many pages costs as much as an empty one. What a
    master key wrapped that is not set stays as it is; then 1.
    `read_again`: whether a service that runs reads the master keys again by itself. Where it does
    not, and has begun before they were set, it would open nothing any more.
    """
    if not read_again and not await _is_in_use(storage):
        print(NOT_BEGUN, file=out)
        return 1
    total = 0
    while True:
        async with storage.write() as tx:
            rewrapped = await tx.keys.rewrap(AT_ONCE)
        total += rewrapped
        if not rewrapped:
            break
    async with storage.read() as tx:
        counts, known = await tx.keys.by_master(), tx.keys.masters()
    print(f"Keys wrapped anew: {total}.", file=out)
    for master, count in sorted(counts.items()):
        unknown = "" if master in known else ", and is not set: add it after the others"
        print(f"Master key {master} wraps {count}{unknown}.", file=out)
    missing = counts.keys() - known
    if len(counts) <= 1 and not missing:
        print("No other master key is needed, except for older backups.", file=out)
    return int(bool(missing))
