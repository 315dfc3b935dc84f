"""The ways people go through Mamori in Slack, for tests to walk."""

import re

from bot.case_records import Author
from bot.case_records import Message as Words
from bot.filing import Filed, file_report
from bot.help_calls import call_help
from flows.assessment import assess
from flows.outcomes import Filing
from tests.adapters.slack.office import DESK, Office, said
from tests.fake_slack import Message, Person
from tests.support.reports import named_report


async def answers_the_checklist(person: Person, language: str) -> None:
    """From the first screen to the result: shouted at, over, afraid."""
    await person.taps(said(language, "first.check"))
    await person.taps(said(language, "safe.v"))
    await person.picks(said(language, "chip.c"))
    await person.submits()
    while said(language, "result.send") not in person.modal.read:
        await answers_one(person, language)


async def answers_one(person: Person, language: str) -> None:
    text = person.modal.read
    for title, key in (("effects", "effects.f"), ("demand", "demand.q"), ("length", "length.q")):
        if said(language, f"{title}.title") in text:
            if title == "effects":
                await person.picks(said(language, key))
                await person.submits()
            else:
                await person.taps(said(language, key))
            return
    await person.taps(said(language, "after_stop.c"))


async def chooses_the_site(person: Person, language: str) -> None:
    name = {"ja": "新宿店 · 新宿エリア", "en": "Shinjuku store · Shinjuku area"}[language]
    await person.taps(name)


async def files_without_a_name(person: Person, language: str, words: str = "") -> str:
    """From the result to the receipt, sent right away. Gives the receipt."""
    await person.taps(said(language, "result.send"))
    await chooses_the_site(person, language)
    await person.picks(said(language, "who.site.y"))
    await person.submits()
    await person.picks(said(language, "blur.now"))
    if words:
        person.types(said(language, "review.words"), words)
    await person.submits()
    return receipt_of(person)


async def reports(
    person: Person, language: str, how: str, words: str = "", name: str = "", call: str = ""
) -> str:
    """A whole report, from the command to the receipt, sent right away. Gives the receipt.

    `how` is "n" with a name, "d" with it for the desk alone, "u" without one; the first two
    need a name. `call` is the number of a call for help that it belongs to.
    """
    await person.commands("/mamori")
    await answers_the_checklist(person, language)
    await person.taps(said(language, "result.send"))
    await chooses_the_site(person, language)
    await person.picks(said(language, f"who.{how}"))
    await person.picks(said(language, "who.site.y"))
    await person.submits()
    if how == "u":
        await person.picks(said(language, "blur.now"))
    else:
        person.types(said(language, "review.name"), name)
    if call:
        person.types(said(language, "review.call"), call)
    if words:
        person.types(said(language, "review.words"), words)
    await person.submits()
    return receipt_of(person)


def receipt_of(person: Person) -> str:
    found = re.search(r"(?:\d{5} ){4}\d{5}", person.modal.read)
    assert found, person.modal.read
    return found[0]


def with_button(messages: list[Message], label: str) -> Message:
    return next(m for m in messages if label in m.read)


async def files_by_hand(office: Office, **changed: object) -> Message:
    """A report is there, however it came, and stands in the desk's channel."""
    filed = await a_report(office, **changed)
    await office.settles()
    return next(m for m in office.messages(DESK) if filed.public_id in m.read)


async def a_report(office: Office, *, reporter: str | None = None, **changed: object) -> Filed:
    """Files a report behind the adapter's back; `reporter` is who sends it, by id."""
    report = named_report(**changed)
    filing = Filing(report=report, assessment=assess(report.facts()))
    work = office.service.work
    secret = len(office.cases).to_bytes(16, "big")
    filed = await file_report(work, filing, secret, "words", "Hanako", "ja", reporter)
    office.cases.append(filed.case_id)
    return filed


async def calls_for_help(office: Office, site: str = "shinjuku") -> Filed:
    """A call for help goes out, behind the adapter's back."""
    filed = await call_help(office.service.work, site, b"x" * 16, "ja")
    office.cases.append(filed.case_id)
    await office.settles()
    return filed


async def writes_to_the_desk(office: Office, words: str) -> None:
    """The reporter of the latest case writes, behind the adapter's back."""
    async with office.service.work.storage.write() as tx:
        message = Words(Author.REPORTER, office.clock.now(), words)
        await tx.messages.add(office.cases[-1], message)
