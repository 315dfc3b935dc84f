"""`mamori purge`, `mamori case hold` and `mamori case release`."""

from collections.abc import Sequence
from typing import TextIO

from bot.case_work import Work
from bot.heads_file import HeadsFile
from bot.retention import Retention, terms

FACTS = {True: "held", False: "let_go"}
"""How a history calls it."""


async def purge_cases(work: Work, heads: HeadsFile | None, *, dry_run: bool, out: TextIO) -> int:
    """Erases what is over and prints the counts; `dry_run` only prints them."""
    purged = await Retention(work, heads).purge(dry_run=dry_run)
    verb = "would be deleted" if dry_run else "deleted"
    for term in terms(work.policy):
        count = purged.counts[term.name]
        print(f"{term.name} ({term.days} days after its end): {count} {verb}", file=out)
    print(f"Held whatever their age: {purged.held}.", file=out)
    if purged.kept:
        print(f"Could not be deleted, for they do not open: {purged.kept}.", file=out)
    if purged.total and not (dry_run or purged.scrubbed):
        print("The files of the database still hold some of it: run this once more.", file=out)
    return 1 if purged.kept else 0


async def hold_cases(work: Work, public_ids: Sequence[str], *, held: bool, out: TextIO) -> int:
    """Keeps cases whatever their age, or lets them go. 1 when one of them is unknown."""
    wrong = 0
    for public_id in public_ids:
        async with work.storage.write() as tx:
            known = {public: case_id for case_id, public in (await tx.cases.public_ids()).items()}
            case_id = known.get(public_id)
            if case_id is not None:
                await tx.cases.lock(case_id)
                await tx.endings.hold(case_id, held)
                await tx.history.append(case_id, work.clock.now(), "operator", FACTS[held], {})
        wrong += case_id is None
        said = "unknown" if case_id is None else FACTS[held].replace("_", " ")
        print(f"{public_id}: {said}", file=out)
    return 1 if wrong else 0
