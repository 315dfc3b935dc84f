"""Uploads as a broken network or a stranger sends them: a clear answer, and nothing half kept."""

import asyncio
import math
import re

import pytest
from aiohttp import ClientSession, FormData, MultipartWriter
from yarl import URL

from adapters.web.evidence import MARGIN
from adapters.web.middleware import PARTS
from bot.case_records import CHUNK_BYTES
from bot.evidence import MEGABYTE, Limits
from tests.stories.test_main_job import said
from tests.support.browser_free import Page, Person
from tests.support.demo import Demo
from tests.support.pictures import pdf, photo, recording


@pytest.fixture
async def employee(employee: Person) -> Person:
    """Somebody on the page for files."""
    await employee.presses_button(text=said("en", "file.add"))
    return employee


SMALL = Limits(files=2, picture=MEGABYTE, recording=MEGABYTE, altogether=100 * MEGABYTE)


async def chunks(demo: Demo) -> int:
    async with demo.service.work.storage.read() as tx:
        return int(await tx.files.count())


def session(person: Person) -> ClientSession:
    return person._session


def fields(person: Person) -> list[tuple[str, str]]:
    return [field for field in person.page.apart("add") if field[0] != "file"]


async def sends(demo: Demo, person: Person, **request: object) -> Page:
    """Whatever somebody sends to where files are taken."""
    url = f"{demo.base}/files"
    async with session(person).post(url, **request) as answer:  # type: ignore[arg-type]
        return Page(answer.status, await answer.text())


def form(person: Person, *files: bytes) -> FormData:
    made = FormData(default_to_multipart=True)
    for name, value in fields(person):
        made.add_field(name, value)
    for file in files:
        made.add_field("file", file, filename="a", content_type="text/html")
    return made


def nested(person: Person) -> MultipartWriter:
    outer, inner = MultipartWriter("form-data"), MultipartWriter("mixed")
    inner.append("x")
    outer.append(inner)
    return outer


STRANGE = {
    "no form at all": {"data": b"x", "headers": {"Content-Type": "application/json"}},
    "a plain form": {"data": {"pass": "x"}},
    "no boundary": {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
    "a boundary that never comes": {
        "data": b"x" * 9_000,
        "headers": {"Content-Type": "multipart/form-data; boundary=abc"},
    },
    "a part without a name": {
        "data": b"--abc\r\n\r\nx\r\n--abc--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=abc"},
    },
    "an encoded part": {
        "data": b'--abc\r\nContent-Disposition: form-data; name="pass"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\neA==\r\n--abc--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=abc"},
    },
    "nothing": {"data": b""},
}


async def test_what_no_page_of_ours_sends_is_answered_and_keeps_nothing(
    demo: Demo, employee: Person
) -> None:
    for name, request in STRANGE.items():
        page = await sends(demo, employee, **request)
        assert page.status == 400 or said("en", "file.door.over") in page.text, name
    assert await chunks(demo) == 0


async def test_parts_in_parts_and_fields_without_end_are_refused(
    demo: Demo, employee: Person
) -> None:
    assert (await sends(demo, employee, data=nested(employee))).status == 400
    many = FormData(default_to_multipart=True)
    for number in range(50):
        many.add_field(f"f{number}", "x")
    assert (await sends(demo, employee, data=many)).status == 400
    long = FormData(default_to_multipart=True)
    long.add_field("pass", "x" * 10_000)
    assert (await sends(demo, employee, data=long)).status == 413
    assert await chunks(demo) == 0


async def test_a_file_in_front_of_its_pass_is_no_ones(demo: Demo, employee: Person) -> None:
    made = FormData(default_to_multipart=True)
    made.add_field("file", photo(), filename="a")
    for name, value in fields(employee):
        made.add_field(name, value)
    assert said("en", "file.door.over") in (await sends(demo, employee, data=made)).text
    assert await chunks(demo) == 0


async def test_the_only_receipt_stays_where_the_page_became_too_old(
    demo: Demo, employee: Person
) -> None:
    receipt = employee.page.hidden("receipt")
    demo.passes(25 * 60)
    await employee.adds(photo())
    assert said("en", "receipt.again") in employee.page.text
    assert employee.page.hidden("receipt") == receipt
    await employee.presses_button(text=said("en", "web.receipt.open"))
    assert said("en", "file.add") in employee.page.text


async def test_a_language_that_nobody_has_is_the_browsers(demo: Demo, employee: Person) -> None:
    made = FormData(default_to_multipart=True)
    for name, value in fields(employee):
        made.add_field(name, "xx" if name == "lang" else value)
    made.add_field("file", pdf(), filename="a")
    assert said("en", "file.added.pdf") in (await sends(demo, employee, data=made)).text


async def test_nothing_chosen_is_said(demo: Demo, employee: Person) -> None:
    made = form(employee)
    made.add_field("file", b"", filename="")
    page = await sends(demo, employee, data=made)
    assert said("en", "file.none_chosen") in page.text


async def test_the_others_are_kept_where_one_is_too_large(demo: Demo, employee: Person) -> None:
    large = photo() + bytes(10 << 20)
    page = await sends(demo, employee, data=form(employee, pdf(b"1"), large, pdf(b"2")))
    assert said("en", "file.too_large", max=10) in page.text
    assert said("en", "file.page.held", count=2) in page.text
    assert await chunks(demo) == 2


async def test_a_file_of_any_size_takes_neither_the_page_nor_the_others_with_it(
    demo: Demo, employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = employee.page.hidden("receipt")
    monkeypatch.setattr(demo.service.app[PARTS].evidence, "limits", SMALL)
    huge = recording(SMALL.files * SMALL.recording + MARGIN)
    page = await sends(demo, employee, data=form(employee, pdf(b"1"), huge, huge, pdf(b"2")))
    assert page.status == 200
    assert page.text.count(said("en", "file.too_large", max=1)) == 2
    assert said("en", "file.page.held", count=2) in page.text
    assert receipt in page.body


async def test_more_than_a_case_takes_in_one_request_is_said_not_to_have_arrived(
    demo: Demo, employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.service.app[PARTS].evidence, "limits", SMALL)
    twice = [pdf() + bytes(SMALL.recording // 2)] * 12  # each is read whole before it is known
    page = await sends(demo, employee, data=form(employee, *twice))
    assert said("en", "file.added.pdf") in page.text
    assert said("en", "file.cut") in page.text
    assert said("en", "file.page.held", count=1) in page.text
    assert await chunks(demo) == math.ceil(len(twice[0]) / CHUNK_BYTES)


async def test_what_was_refused_does_not_stand_among_what_was_kept(
    demo: Demo, employee: Person
) -> None:
    page = await sends(demo, employee, data=form(employee, pdf(), b"MZ a program"))
    outcomes = re.findall(r'<li class="(\w+)">(.*?)</li>', page.body)
    kept, refused = [(kind, re.sub("<[^>]+>", "", text)) for kind, text in outcomes[:2]]
    assert kept == ("kept", said("en", "file.added.pdf"))
    assert refused == ("refused", said("en", "file.wrong_type"))


async def test_that_one_kind_of_photo_keeps_its_place_is_read_before_it_is_sent(
    employee: Person,
) -> None:
    assert said("en", "file.page.heic") in employee.page.text


async def test_a_cut_network_leaves_nothing_of_that_file_and_the_one_before(
    demo: Demo, employee: Person
) -> None:
    body = MultipartWriter("form-data")
    for name, value in fields(employee):
        body.append(value).set_content_disposition("form-data", name=name)
    for file in (pdf(), recording(CHUNK_BYTES * 3)):
        part = body.append(file)
        part.set_content_disposition("form-data", name="file", filename="a")
    visit = session(employee).cookie_jar.filter_cookies(URL(demo.base))["visit"].value
    whole = await body.as_bytes()
    host, port = demo.base.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /files HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: visit={visit}\r\n"
        f"Content-Type: {body.content_type}\r\nContent-Length: {len(whole)}\r\n\r\n"
    )
    writer.write(head.encode() + whole[: -CHUNK_BYTES // 2])
    await writer.drain()

    async def has(count: int) -> bool:
        return await chunks(demo) == count

    await demo.until(lambda: has(3))  # the PDF, and the beginning of the sound
    writer.close()
    await demo.until(lambda: has(1))
    page = await sends(demo, employee, data=form(employee, recording()))
    assert said("en", "file.page.held", count=2) in page.text
