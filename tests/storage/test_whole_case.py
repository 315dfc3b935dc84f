"""A case with everything that hangs on it, read in one go."""

from dataclasses import replace

from bot.case_records import Author, BodyParts, CaseState, Message
from bot.whole_case import WholeCase
from bot.work_records import NewJob
from tests.storage.databases import (
    NOW,
    a_card,
    a_duty,
    a_nudge,
    a_seat,
    after,
    file_case,
    file_duty,
)


async def a_full_case(storage):
    """A case with several of everything, beside another case that has some too."""
    case, other = await file_case(storage, 1, b"words"), await file_duty(storage, 2)
    duties = [replace(a_duty(case, kind), due_at=after(hours=hours)) for kind, hours in KINDS]
    async with storage.write() as tx:
        await tx.duties.add(duties)
        await tx.duties.add_nudges(
            [
                a_nudge(duties[0], 1, step=1),
                a_nudge(duties[0], 2, people=("kato",), direct=True),
                a_nudge(duties[0], 3),
                a_nudge(duties[2], 4),
                a_nudge(other, 5),
            ]
        )
        for seat in (a_seat(duties[0]), a_seat(duties[0], "ito"), a_seat(other)):
            await tx.duties.put_seat(seat)
        await tx.cards.add(a_card(case))
        await tx.cards.add(a_card(case, id="care", kind="care", duty_id=duties[0].id))
        for text in ("hello", "good day"):
            await tx.messages.add(case.id, Message(Author.DESK, NOW, text))
        release = NewJob("release", case.id, after(minutes=20), dedup=f"release:{case.id}")
        await tx.jobs.enqueue([release])
    return case


KINDS = (("care", 1), ("take", 1), ("reply", 72))


async def test_it_is_what_the_separate_reads_give(storage) -> None:
    case = await a_full_case(storage)
    async with storage.write() as tx:  # only a case that waits has a time at which it leaves
        await tx.cases.set_state(case.id, CaseState.KEPT)
    async with storage.read() as tx:
        duties = await tx.duties.of_case(case.id)
        seats = {duty.id: tuple(await tx.duties.seats(duty.id)) for duty in duties}
        nudges = {duty.id: tuple(await tx.duties.nudges(duty.id)) for duty in duties}
        apart = WholeCase(
            case=await tx.cases.get(case.id),
            body=await tx.cases.body(case.id),
            cards=tuple(await tx.cards.of_case(case.id)),
            duties=tuple(duties),
            seats={duty_id: found for duty_id, found in seats.items() if found},
            nudges={duty_id: found for duty_id, found in nudges.items() if found},
            messages=tuple(await tx.messages.of_case(case.id)),
            leaves_at=await tx.jobs.due_at(f"release:{case.id}"),
        )
        assert await tx.cases.whole(case.id) == apart
    assert [len(found) for found in apart.nudges.values()] == [3, 1]
    assert (len(apart.cards), len(apart.messages)) == (2, 2)
    assert apart.body == BodyParts(b"words", None, None)
    assert [duty.kind for duty in apart.duties] == [kind for kind, _ in KINDS]


async def test_a_case_with_nothing_on_it_is_whole_too(storage) -> None:
    case = await file_case(storage)
    async with storage.read() as tx:
        assert await tx.cases.whole(case.id) == WholeCase(
            case, BodyParts(b"words", None, None), (), (), {}, {}, (), leaves_at=None
        )


async def test_an_unknown_or_shredded_case_is_none(database, storage) -> None:
    case = await a_full_case(storage)
    database.sql("DELETE FROM case_key WHERE case_id = :id", id=case.id)
    async with storage.read() as tx:
        assert await tx.cases.whole(case.id) is None
        assert await tx.cases.whole("unknown") is None
        assert len(await tx.duties.of_case(case.id)) == len(KINDS)
