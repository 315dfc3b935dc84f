"""The loop, the driver and a life: what the whole simulation stands on."""

import asyncio
import gc
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.simulation.chance import stream
from tests.simulation.life import Life
from tests.simulation.loop import Died, SimLoop, Stuck
from tests.simulation.times import PROMPT, Times


class Never:
    """No life ends here."""

    def due(self, kind: str) -> bool:
        return False

    def failing(self) -> bool:
        return False

    def commit_seconds(self) -> float:
        return 0.0


class After(Never):
    """A life ends at the n-th fault point."""

    def __init__(self, points: int) -> None:
        self.left = points
        self.at = ""

    def due(self, kind: str) -> bool:
        self.left -= 1
        self.at = kind if self.left == 0 else self.at
        return self.left == 0


def a_loop(seed: int = 1) -> SimLoop:
    return SimLoop(stream(seed, "order"))


def test_a_year_passes_at_once_and_timers_come_in_order() -> None:
    loop, rung = a_loop(), []

    async def ring(after: float) -> None:
        await asyncio.sleep(after)
        rung.append(loop.time())

    async def everything() -> None:
        await asyncio.gather(*(ring(float(days * 86_400)) for days in (365, 1, 30)))

    loop.run(everything())
    assert rung == [86_400.0, 30 * 86_400.0, 365 * 86_400.0]


def test_what_is_ready_at_once_runs_in_an_order_that_only_the_seed_decides() -> None:
    def order(seed: int) -> list[int]:
        loop, came = a_loop(seed), []

        async def come(number: int) -> None:
            came.append(number)

        async def everything() -> None:
            await asyncio.gather(*(come(number) for number in range(20)))

        loop.run(everything())
        return came

    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(5)}) == 5


def test_the_order_of_tasks_in_a_set_is_no_matter_of_where_they_lie_in_memory() -> None:
    def in_a_set(before: int) -> list[str]:
        loop = a_loop()

        async def everything() -> list[str]:
            holes = [asyncio.ensure_future(asyncio.sleep(0)) for _ in range(before)]
            await asyncio.gather(*holes)
            del holes[::3]  # whoever comes next may lie where these lay
            waiting = [loop.create_task(asyncio.sleep(0), name=str(n)) for n in range(9)]
            await asyncio.gather(*waiting)
            return [task.get_name() for task in set(waiting)]

        return loop.run(everything())

    # Their numbers begin at the same place of the set's table: it has 32.
    assert in_a_set(32) == in_a_set(64) == in_a_set(320) == in_a_set(3_200)


def test_waiting_for_what_can_never_come_is_found() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck):
        a_loop().run(wait())


def test_a_timeout_ends_a_wait_and_a_cancelled_timer_costs_no_time() -> None:
    loop = a_loop()

    async def everything() -> float:
        async with asyncio.timeout(1000):
            await asyncio.sleep(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.sleep(1000)
        return loop.time()

    assert loop.run(everything()) == 6.0


def test_threads_are_refused() -> None:
    loop = a_loop()

    async def thread() -> None:
        await asyncio.to_thread(print)

    with pytest.raises(RuntimeError, match="no threads"):
        loop.run(thread())


def _rows(path: Path) -> list[int]:
    with sqlite3.connect(path) as connection:
        rows = [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number")]
    connection.close()
    return rows


async def _writes(life: Life, path: Path) -> None:
    connection = await life.driver.connect(str(path))
    for number in range(3):
        await connection.execute("BEGIN IMMEDIATE")
        await connection.execute("INSERT INTO kept VALUES (?)", (number,))
        await connection.execute("INSERT INTO kept VALUES (?)", (number + 10,))
        await connection.execute("COMMIT")


def test_a_life_that_dies_at_any_await_keeps_exactly_what_it_committed(tmp_path: Path) -> None:
    ended_at = []
    for points in range(1, 19):
        path = tmp_path / f"{points}.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE kept (number INTEGER)")
        connection.close()
        ends = After(points)
        life = Life(0, stream("life"), ends)

        async def everything(life: Life = life, path: Path = path, ends: After = ends) -> None:
            task = life.spawn(_writes(life, path))
            await asyncio.wait({task})
            assert not task.cancelled()
            ended_at.append((ends.at, task.exception()))

        a_loop().run(everything())
        rows = _rows(path)
        whole = [number for number in range(3) if number in rows]
        assert rows == sorted([*whole, *(number + 10 for number in whole)]), "half a transaction"
        committed = (points - 2) // 5 if points > 1 else 0
        assert len(whole) == min(3, committed + (ends.at == "committed")) or life.dead is False
    kinds = [kind for kind, error in ended_at if error is not None]
    assert {"connect", "execute", "commit", "committed"} <= set(kinds)
    assert ended_at[-1] == ("", None), "with enough points it lives on"


class Slow(Never):
    """The disk takes ten seconds."""

    def commit_seconds(self) -> float:
        return 10.0


def test_a_slow_disk_answers_late_where_something_changed(tmp_path: Path) -> None:
    loop, life = a_loop(), Life(0, stream("life"), Slow())

    async def everything() -> tuple[float, float]:
        connection = await life.driver.connect(str(tmp_path / "slow.db"))
        await connection.execute("CREATE TABLE kept (number INTEGER)")
        await connection.execute("BEGIN")
        await connection.execute("SELECT number FROM kept")
        await connection.execute("COMMIT")
        read = loop.time()
        await connection.execute("BEGIN IMMEDIATE")
        await connection.execute("INSERT INTO kept VALUES (1)")
        await connection.execute("COMMIT")
        return read, loop.time() - read

    read, written = loop.run(everything())
    assert read < 1.0
    assert 10.0 <= written < 11.0


def test_nothing_of_a_dead_life_reaches_the_outside() -> None:
    life = Life(0, stream("life"), Never())
    reached = []

    async def work() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            await life.reach("too late")
            reached.append("too late")

    async def everything() -> None:
        task = life.spawn(work())
        await asyncio.sleep(1)
        life.end()
        await asyncio.wait({task})
        assert isinstance(task.exception(), Died)

    a_loop().run(everything())
    assert reached == []


def test_a_group_of_deaths_is_no_failure_but_one_with_an_error_in_it_is() -> None:
    async def dies(*errors: BaseException) -> None:
        raise BaseExceptionGroup("tasks", errors)

    async def play(*errors: BaseException) -> None:
        asyncio.get_running_loop().create_task(dies(*errors))
        await asyncio.sleep(1)
        gc.collect()

    for errors, failures in (((Died(), Died()), 0), ((Died(), ValueError()), 1)):
        loop = a_loop()
        loop.run(play(*errors))
        assert len(loop.failures) == failures


def test_what_a_long_trouble_put_off_is_due_after_it() -> None:
    began = datetime(2026, 11, 24, tzinfo=UTC)
    times = Times(began, [(0.0, timedelta())], [(100.0, 4000.0)])
    assert times.deadline(3500.0) == 4000.0 + PROMPT
    assert times.deadline(4100.0) == 4100.0 + PROMPT
