"""Pinned heads: a file that was altered anywhere is found, and a crash leaves it usable."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.heads import HeadsBroken, HeadsKey, Line, Pin, PinKind, checked, read_line
from bot.heads_file import HeadsFile
from bot.keys import IndexKey
from bot.pins import Pins
from flows.outcomes import Visibility
from tests.support.world import START

KEY = HeadsKey(IndexKey(b"\x22" * 32))
OTHER = HeadsKey(IndexKey(b"\x23" * 32))


def pin(number: int, case: str = "ABC1234") -> Pin:
    """A case's head, pinned when the lines of all histories had come to `number`."""
    return Pin(PinKind.HEAD, START, number, KEY.case(case), number - 1, f"{number:064x}")


@pytest.fixture
def file(tmp_path: Path) -> HeadsFile:
    return HeadsFile(tmp_path / "heads", KEY)


async def with_pins(file: HeadsFile, *numbers: int) -> bytes:
    for number in numbers:
        await file.append([pin(number)])
    return file.path.read_bytes()


def said(file: HeadsFile) -> list[Pin]:
    return list(checked(file.lines(), file.key))


async def test_what_was_pinned_is_read_back_after_a_first_line_with_the_public_key(
    file: HeadsFile,
) -> None:
    await with_pins(file, 1, 2)
    assert said(file) == [Pin(PinKind.START, START, hash=KEY.public), pin(1), pin(2)]
    assert await file.upto() == 2


async def test_a_file_that_is_not_there_has_pinned_nothing(file: HeadsFile) -> None:
    assert await file.upto() == 0


async def test_a_file_is_only_ever_added_to(file: HeadsFile) -> None:
    before = await with_pins(file, 1)
    after = await with_pins(file, 2)
    assert after.startswith(before) and after.count(b"\n") == 3


async def test_the_file_names_no_case(file: HeadsFile) -> None:
    assert b"ABC1234" not in await with_pins(file, 1)
    assert KEY.case("ABC1234") != OTHER.case("ABC1234")


async def test_what_another_process_pinned_meanwhile_is_not_pinned_twice(file: HeadsFile) -> None:
    other = HeadsFile(file.path, KEY)
    await file.append([pin(1), pin(2)])
    await other.append([pin(2), pin(3)])
    assert [each.upto for each in said(file)] == [0, 1, 2, 3]


async def test_processes_that_append_at_the_same_moment_make_one_chain(file: HeadsFile) -> None:
    files = [HeadsFile(file.path, KEY) for _ in range(4)]
    await asyncio.gather(*(files[n % 4].append([pin(n)]) for n in range(1, 25)))
    numbers = [each.upto for each in said(file)]
    assert numbers == sorted(set(numbers)) and numbers[-1] == 24


async def test_that_a_case_left_is_written_down_and_moves_no_number_back(file: HeadsFile) -> None:
    await with_pins(file, 5)
    left = Pin(PinKind.LEFT, START, 4, KEY.case("ABC1234"), 4, pin(5).hash)
    await file.append([left])
    assert said(file)[-1] == replace(left, upto=5)
    assert await file.upto() == 5


def altered(lines: list[bytes]) -> list[bytes]:
    line = json.loads(lines[2])
    return [*lines[:2], json.dumps({**line, "seq": 7}).encode(), *lines[3:]]


def removed(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], *lines[3:]]


def swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def doubled(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], lines[2], *lines[3:]]


def beheaded(lines: list[bytes]) -> list[bytes]:
    return lines[1:]


def forged(lines: list[bytes]) -> list[bytes]:
    """Chained rightly, and signed under a key of the forger's own."""
    return [*lines, OTHER.write(pin(9), line_of(lines[-1])).text]


def all_forged(lines: list[bytes]) -> list[bytes]:
    first = OTHER.write(Pin(PinKind.START, START, hash=OTHER.public), None)
    return [first.text, OTHER.write(pin(1), first).text]


def line_of(text: bytes) -> Line:
    line = read_line(text)
    assert line is not None
    return line


@pytest.mark.parametrize(
    "change", [altered, removed, swapped, doubled, beheaded, forged, all_forged]
)
async def test_a_file_that_was_changed_is_found(
    file: HeadsFile, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    lines = (await with_pins(file, 1, 2, 3, 4)).splitlines()
    assert len(said(file)) == 5
    file.path.write_bytes(b"\n".join(change(lines)) + b"\n")
    with pytest.raises(HeadsBroken):
        said(file)


async def test_nothing_is_added_to_a_file_that_ends_in_a_foreign_line(file: HeadsFile) -> None:
    lines = (await with_pins(file, 1)).splitlines()
    before = b"\n".join(forged(lines)) + b"\n"
    file.path.write_bytes(before)
    for step in (file.upto(), file.append([pin(2)])):
        with pytest.raises(HeadsBroken):
            await step
    assert file.path.read_bytes() == before


async def test_wherever_a_crash_cut_the_last_line_the_next_one_goes_on(file: HeadsFile) -> None:
    first = await with_pins(file, 1)
    whole = await with_pins(file, 2)
    for end in range(len(first), len(whole)):
        file.path.write_bytes(whole[:end])
        kept = 2 if end == len(whole) - 1 else 1  # only its line feed is missing
        assert await file.upto() == kept
        await file.append([pin(3)])
        assert [each.upto for each in said(file)] == [0, *range(1, kept + 1), 3]


async def test_a_crash_in_the_very_first_line_is_begun_anew(file: HeadsFile) -> None:
    whole = await with_pins(file, 1)
    file.path.write_bytes(whole[:20])
    await with_pins(file, 1)
    assert [each.kind for each in said(file)] == [PinKind.START, PinKind.HEAD]


async def test_the_end_is_found_in_a_long_file(file: HeadsFile) -> None:
    await file.append([pin(number) for number in range(1, 400)])
    assert file.path.stat().st_size > 2 * 64 * 1024
    assert await file.upto() == 399


async def test_the_file_does_not_tell_when_a_report_that_waits_was_sent(
    people, world, file: HeadsFile
) -> None:
    pins = Pins(world.service.work.storage, world.clock, file)
    await people.call()
    await people.report(visibility=Visibility.UNNAMED, site_may_know=False, send_now=False)
    await pins.pin()
    assert len(of_cases(file)) == 1
    await world.passes(minutes=95)
    await pins.pin()
    (_, sent) = dict.fromkeys(of_cases(file))
    assert of_cases(file).count(sent) == 1


def of_cases(file: HeadsFile) -> list[str]:
    """Which case each line is about."""
    return [line.pin.case for line in file.lines() if line.pin.kind is PinKind.HEAD]
