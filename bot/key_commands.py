"""`mamori keys rotate`: every key is wrapped by the first master key, while the service goes on."""

from typing import TextIO

from bot.ports import Storage

AT_ONCE = 200
"""Keys of one transaction: on SQLite nobody else writes meanwhile, for some milliseconds."""


async def rotate_keys(storage: Storage, out: TextIO) -> int:
    """Wraps anew until nothing is left to, and says what each master key wraps now.

    What a key opens is not touched: a case of many pages costs as much as an empty one. What a
    master key wrapped that is not set stays as it is; then 1.
    """
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
