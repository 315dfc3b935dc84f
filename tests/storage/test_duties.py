"""Duties, the seats people take in them, and the messages owed about them."""

import asyncio
from dataclasses import replace

import pytest

from bot.work_records import DutyState, NewJob, NudgeState
from tests.storage.databases import (
    NOW,
    REFUSED,
    a_case,
    a_duty,
    a_nudge,
    a_seat,
    after,
    file_case,
    file_duty,
)

# --- duties


async def test_a_duty_comes_back_as_it_was_saved(storage) -> None:
    duty = await file_duty(storage, ladder='{"steps": []}', part=3)
    changed = replace(
        duty,
        state=DutyState.DONE,
        step=2,
        chase_from=after(hours=2),
        ended_at=after(hours=3),
        climb=4,
        round=1,
        asked_at=after(hours=1),
    )
    async with storage.write() as tx:
        assert await tx.duties.get(duty.id) == duty
        await tx.duties.save(changed)
    async with storage.read() as tx:
        assert await tx.duties.get(duty.id) == changed
        assert await tx.duties.get("unknown") is None


async def test_all_duties_of_a_case_are_born_at_once(storage) -> None:
    case = await file_case(storage)
    duties = [replace(a_duty(case, kind), due_at=after(hours=1)) for kind in ("a", "b", "c")]
    async with storage.write() as tx:
        await tx.duties.add(duties)
        await tx.duties.add([])
    async with storage.read() as tx:
        assert await tx.duties.of_case(case.id) == duties


async def test_duties_come_by_due_time_then_kind_then_part(storage) -> None:
    case = await file_case(storage)
    wanted = [("take", 1, 0), ("check_in", 2, 3), ("check_in", 2, 14), ("checkup", 2, 0)]
    duties = [
        replace(a_duty(case, kind), id=f"{kind}{part}", due_at=after(hours=hours), part=part)
        for kind, hours, part in wanted
    ]
    async with storage.write() as tx:
        await tx.duties.add(duties[::-1])
    async with storage.read() as tx:
        assert await tx.duties.of_case(case.id) == duties


async def test_a_case_owes_each_part_of_each_kind_of_duty_once(storage) -> None:
    duty = await file_duty(storage)
    async with storage.write() as tx:
        await tx.duties.add([replace(duty, id="next", part=1)])
    with pytest.raises(REFUSED):
        async with storage.write() as tx:
            await tx.duties.add([replace(duty, id="fine", part=2), replace(duty, id="again")])
    async with storage.read() as tx:
        assert [row.part for row in await tx.duties.of_case(duty.case_id)] == [0, 1]


async def test_a_rung_asked_in_the_future_is_found_by_the_clocks_of_its_duty_and_its_case(
    storage,
) -> None:
    soon = after(minutes=1)
    by_duty = await file_duty(storage, 1, asked_at=after(hours=1))
    by_case = await file_duty(storage, 2, asked_at=after(hours=1))
    asked_before = await file_duty(storage, 3, asked_at=NOW)
    less_urgent = await file_duty(storage, 4, asked_at=after(hours=1))
    jobs = [
        NewJob("climb", by_duty.id, soon, "1", 0),
        NewJob("help_ends", by_case.case_id, soon, "2", 0),
        NewJob("help_ends", by_duty.case_id, soon, "3", 0),
        NewJob("climb", asked_before.id, soon, "4", 0),
        NewJob("climb", less_urgent.id, soon, "5", 1),
    ]
    async with storage.write() as tx:
        await tx.jobs.enqueue(jobs)
    async with storage.read() as tx:
        found = await tx.duties.ahead_of(soon, 0)
    assert sorted(duty.id for duty in found) == sorted([by_duty.id, by_case.id])


async def test_a_duty_of_no_case_is_refused(storage) -> None:
    with pytest.raises(REFUSED):
        async with storage.write() as tx:
            await tx.duties.add([a_duty(a_case())])


async def test_a_duty_that_still_moves_and_has_no_clock_is_counted(storage) -> None:
    moving = (DutyState.OPEN, DutyState.ANSWERED, DutyState.SAID_DONE)
    duties = [await file_duty(storage, n, state=state) for n, state in enumerate(DutyState, 1)]
    async with storage.write() as tx:
        assert await tx.duties.unscheduled() == len(moving)
        for left, duty in reversed(list(enumerate(d for d in duties if d.state in moving))):
            # Any clock will do: one that asks the next rung, ends an answer, asks the employee.
            await tx.jobs.enqueue([NewJob("any", duty.id, NOW, dedup=duty.id)])
            assert await tx.duties.unscheduled() == left


async def test_a_duty_with_nobody_left_to_ask_is_counted_apart(storage) -> None:
    await file_duty(storage, 1)
    await file_duty(storage, 2, state=DutyState.EXHAUSTED)
    async with storage.read() as tx:
        assert await tx.duties.exhausted() == 1


# --- seats


async def test_a_person_has_one_seat_and_the_last_answer_counts(storage) -> None:
    duty = await file_duty(storage)
    later = a_seat(duty, answer="cannot", minutes=None, at=after(minutes=1), expires_at=None)
    async with storage.write() as tx:
        await tx.duties.put_seat(a_seat(duty))
        await tx.duties.put_seat(a_seat(duty, "kato"))
        await tx.duties.put_seat(later)
    async with storage.read() as tx:
        assert await tx.duties.seats(duty.id) == [a_seat(duty, "kato"), later]


async def test_only_the_named_peoples_seats_are_cleared(storage) -> None:
    duty = await file_duty(storage)
    async with storage.write() as tx:
        for person in ("ito", "kato", "tanaka"):
            await tx.duties.put_seat(a_seat(duty, person))
        await tx.duties.clear_seats(duty.id, ("ito", "tanaka"))
        await tx.duties.clear_seats(duty.id, ())
    async with storage.read() as tx:
        assert await tx.duties.seats(duty.id) == [a_seat(duty, "kato")]


async def test_two_presses_of_one_person_at_one_moment_are_one_seat(database, opening) -> None:
    processes = [opening(database), opening(database)]
    duty = await file_duty(processes[0])

    async def press(number: int) -> None:
        async with processes[number % 2].write() as tx:
            await tx.duties.put_seat(a_seat(duty, minutes=number))

    await asyncio.gather(*map(press, range(10)))
    async with processes[0].read() as tx:
        assert len(await tx.duties.seats(duty.id)) == 1


# --- messages


async def test_a_rung_of_a_climb_owes_one_message_to_the_channel(storage) -> None:
    duty = await file_duty(storage)
    rows = [
        a_nudge(duty, 1),
        a_nudge(duty, 2),  # the same rung again, to other people
        a_nudge(duty, 3, step=1),
        a_nudge(duty, 4, climb=2),
    ]
    async with storage.write() as tx:
        added = await tx.duties.add_nudges([replace(rows[0], people=("kato",)), *rows[1:]])
        assert added == {rows[0].id, rows[2].id, rows[3].id}
        assert await tx.duties.add_nudges([a_nudge(duty, 5)]) == frozenset()
        assert await tx.duties.add_nudges([]) == frozenset()
    async with storage.read() as tx:
        found = [(row.climb, row.step) for row in await tx.duties.nudges(duty.id)]
    assert found == [(1, 0), (1, 1), (2, 0)]


async def test_a_rung_owes_one_message_to_each_person_directly(storage) -> None:
    duty = await file_duty(storage)
    rows = [
        a_nudge(duty, 1, people=("ito", "kato")),
        a_nudge(duty, 2, people=("ito",), direct=True),
        a_nudge(duty, 3, people=("kato",), direct=True),
    ]
    async with storage.write() as tx:
        assert await tx.duties.add_nudges(rows) == {row.id for row in rows}
        again = a_nudge(duty, 4, people=("kato",), direct=True)
        other = a_nudge(duty, 5, people=("sato",), direct=True)
        assert await tx.duties.add_nudges([again, other]) == {other.id}
    async with storage.read() as tx:
        found = await tx.duties.nudges(duty.id)
    assert found == [rows[1], rows[0], rows[2], other]


async def test_of_processes_that_ask_one_rung_at_one_moment_one_owes_it(database, opening) -> None:
    processes = [opening(database), opening(database)]
    duty = await file_duty(processes[0])

    async def ask(number: int) -> frozenset[str]:
        rows = [
            a_nudge(duty, number),
            a_nudge(duty, number + 100, people=("ito",), direct=True),
        ]
        async with processes[number % 2].write() as tx:
            return await tx.duties.add_nudges(rows)

    added = frozenset().union(*await asyncio.gather(*map(ask, range(10))))
    async with processes[0].read() as tx:
        assert {row.id for row in await tx.duties.nudges(duty.id)} == added
    assert len(added) == 2


async def test_a_climb_may_be_numbered_by_any_second_of_this_century(storage) -> None:
    duty = await file_duty(storage, climb=2**32)
    nudge = a_nudge(duty, climb=2**32)
    async with storage.write() as tx:
        await tx.duties.add_nudges([nudge])
    async with storage.read() as tx:
        assert await tx.duties.nudge(nudge.id) == nudge
        assert await tx.duties.get(duty.id) == duty


async def test_a_sent_message_keeps_when_it_was_sent(storage) -> None:
    duty = await file_duty(storage)
    async with storage.write() as tx:
        await tx.duties.add_nudges([a_nudge(duty)])
        await tx.duties.set_nudge(a_nudge(duty).id, NudgeState.SENT, sent_at=after(minutes=1))
    async with storage.read() as tx:
        assert await tx.duties.nudges(duty.id) == [
            a_nudge(duty, state=NudgeState.SENT, sent_at=after(minutes=1))
        ]
        assert await tx.duties.nudge("unknown") is None


async def test_who_was_asked_about_a_whole_list_in_a_time_is_found(storage) -> None:
    duty, other = await file_duty(storage, 1), await file_duty(storage, 2, kind="reply")
    asked = {
        "soon": a_nudge(duty, 1, people=("tanaka",)),
        "directly": a_nudge(duty, 2, step=1, people=("sato",), direct=True),
        "before": a_nudge(duty, 3, step=2, people=("early",)),
        "later": a_nudge(duty, 4, step=3, people=("late",)),
        "by itself": a_nudge(duty, 5, step=4, people=("alone",)),
        "another": a_nudge(other, 6, people=("reply",)),
    }
    minutes = {"before": -20, "later": 20}
    async with storage.write() as tx:
        await tx.duties.add_nudges(list(asked.values()))
        for name, nudge in asked.items():
            at = after(minutes=minutes.get(name, 0))
            await tx.duties.set_nudge(nudge.id, NudgeState.SENT, sent_at=at, ref=name)
            if name != "by itself":
                await tx.duties.ask_about_list(nudge.id, "list")
    async with storage.read() as tx:
        found = await tx.duties.asked_about_list("list", duty.kind, after(minutes=-10), NOW)
        assert sorted(found) == [(False, ("tanaka",)), (True, ("sato",))]
        assert (await tx.duties.nudge(asked["soon"].id)).list_id == "list"
