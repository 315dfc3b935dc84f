"""What somebody sent with a name is found again by their account, and nothing else is."""

import pytest

from tests.adapters.slack.office import Office, said
from tests.adapters.slack.walks import reports
from tests.fake_slack import Person
from tests.fake_slack.block_kit import elements

LANGUAGE = pytest.mark.parametrize(("name", "language"), [("hanako", "ja"), ("john", "en")])


async def opens_list(person: Person, language: str) -> list[str]:
    """What the buttons of somebody's list say, from App Home."""
    person.closes()
    await person.opens_home()
    await person.taps_at_home(said(language, "slack.sent"))
    return [
        element["text"]["text"]
        for _, element in elements(person.modal.shown["blocks"])
        if element.get("action_id", "").startswith("door.own.")
    ]


@LANGUAGE
async def test_reports_with_a_name_are_listed_and_open_without_a_receipt(
    office: Office, name: str, language: str
) -> None:
    person = office.person(name)
    assert await opens_list(person, language) == []
    await reports(person, language, "n", "the first", "Ichijo Rin")
    await office.settles()
    office.clock.passes(minutes=1)
    person.closes()
    await reports(person, language, "d", "the second", "Ichijo Rin")
    second, first = await opens_list(person, language)
    assert said(language, "own.list.open") in first and said(language, "own.list.kept") in second
    await person.taps(first)
    assert first[:7] in person.modal.read
    assert said(language, "sent.title") in person.modal.read
    label = said(language, "talk.own.label")
    person.types(label, "one more thing")
    await person.submits()
    await person.taps(said(language, "own.withdraw"))
    assert said(language, "own.list.withdrawn") in (await opens_list(person, language))[1]


async def test_a_report_without_a_name_is_found_by_its_receipt_alone(office: Office) -> None:
    john = office.person("john")
    receipt = await reports(john, "en", "u", "words")
    await office.settles()
    assert await opens_list(john, "en") == []
    assert said("en", "own.list.title") not in john.modal.read
    john.types(said("en", "slack.receipt.enter"), receipt)
    await john.submits()
    assert said("en", "sent.title") in john.modal.read


async def test_whoever_closed_the_page_of_a_call_comes_back_to_it_for_a_day_after_others_ended_it(
    office: Office,
) -> None:
    john, tanaka = office.person("john"), office.person("tanaka")
    await john.opens_home()
    await john.taps_at_home(said("en", "first.help"))
    await john.taps("Shinjuku store · Shinjuku area")
    await office.settles()
    (call,) = await opens_list(john, "en")
    assert said("en", "list.call") in call
    await tanaka.taps_in(tanaka.chat[-1], said("ja", "answer.coming", minutes=2))
    await office.settles()
    await tanaka.taps_in(tanaka.chat[-1], said("ja", "answer.here"))
    await office.settles()
    await tanaka.taps_in(tanaka.chat[-1], said("ja", "second.over"))
    await office.settles()
    await john.opens_home()
    assert said("en", "first.called") in john.home.read
    assert await opens_list(john, "en") == [call]
    await john.taps(call)
    assert said("en", "help.called_over") in john.modal.read and call[:7] in john.modal.read
    assert said("en", "help.still_needed") in john.modal.read
    assert await opens_list(office.person("hanako"), "ja") == [], "nobody else has this way"
    office.clock.passes(days=1)
    assert await opens_list(john, "en") == []
    assert said("en", "first.called") not in john.home.read


async def test_only_of_a_report_without_a_name_the_receipt_is_the_only_way_back(
    office: Office,
) -> None:
    john = office.person("john")
    for visibility in ("n", "d", "u"):
        await reports(john, "en", visibility, "words", "Ichijo Rin" * (visibility != "u"))
        shown = john.modal.read
        assert (said("en", "slack.receipt.only_way") in shown) is (visibility == "u")
        assert (said("en", "own.list.also") in shown) is (visibility != "u")
        await office.settles()
        john.closes()


@LANGUAGE
async def test_the_number_of_a_call_is_told_what_it_is_for(
    office: Office, name: str, language: str
) -> None:
    person = office.person(name)
    await opens_list(person, language)
    for typed in ("ABC3467", "wwwwwww"):
        person.types(said(language, "slack.receipt.enter"), typed)
        await person.submits()
        assert said(language, "receipt.short_number", digits=25) in person.modal.read


async def test_nobody_elses_are_there_and_a_copied_button_opens_nothing(office: Office) -> None:
    john, eve = office.person("john"), office.person("eve")
    await reports(john, "en", "n", "words", "John")
    (line,) = await opens_list(john, "en")
    assert await opens_list(eve, "en") == []
    office.slack.space.open_view(eve.id, john.modal.shown, push=False)
    await eve.taps(line)
    assert line[:7] not in eve.modal.read and said("en", "receipt.again") in eve.modal.read


async def test_more_than_are_listed_are_sent_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.return_address.MOST_OWN", 3)
    john = office.person("john")
    for number in range(3 + 1):
        receipt = await reports(john, "en", "d", f"number {number}", "John")
        john.closes()
    assert len(await opens_list(john, "en")) == 3
    john.types(said("en", "slack.receipt.enter"), receipt)
    await john.submits()
    assert said("en", "sent.title") in john.modal.read
