"""Who may press what in a channel: as the table says, and nobody where Slack does not say."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from adapters.slack.surface import scopes
from flows.ladders import Role
from flows.phrases import Verbatim, say
from tests.adapters.slack.office import DESK, SHINJUKU, TEAM, Office, said
from tests.adapters.slack.walks import (
    calls_for_help,
    files_by_hand,
    with_button,
    writes_to_the_desk,
)
from tests.fake_slack import Fault, Kind, Message, Person, User


@dataclass(frozen=True)
class Actor:
    """Somebody who presses: whether they are in the channel, on the roster, and in full."""

    id: str
    present: bool = True
    user: User | None = None


def newcomer(id_: str, **flags: object) -> Actor:
    return Actor(id_, user=replace(User(id_, id_, TEAM), **flags))


NOBODYS = newcomer("U0NOBODY")
OTHERS = [
    NOBODYS,
    newcomer("U0GUEST", restricted=True),
    newcomer("U0SINGLE", ultra_restricted=True),
    newcomer("U0STRANGER", stranger=True),
    newcomer("U0GONE", deleted=True),
    newcomer("U0ROBOT", bot=True),
    newcomer("U0ABROAD", team="T0OTHER"),
]
DESK_ACTORS = [
    (Actor("U0SATO"), True),
    (Actor("U0MORI"), True),
    (Actor("U0SATO", present=False), False),
    (Actor("U0TANAKA"), False),
    (Actor("U0TANAKA", present=False), False),
    (Actor("U0HANAKO"), False),
    (Actor("U0HANAKO", present=False), False),
    *[(actor, False) for actor in OTHERS],
    *[(replace(actor, present=False), False) for actor in OTHERS[:2]],
]
SITE_ACTORS = [
    (Actor("U0TANAKA"), True),
    (Actor("U0YAMAMOTO"), True),
    (Actor("U0TAKAHASHI"), True),
    (Actor("U0TANAKA", present=False), False),
    (Actor("U0ITO"), False),
    (Actor("U0SATO"), False),
    (Actor("U0HANAKO"), False),
    *[(actor, False) for actor in OTHERS],
]


def comes(office: Office, actor: Actor, channel: str) -> None:
    """The actor is, or is not, in the channel at the moment of the press."""
    if actor.user is not None:
        office.slack.space.add_user(actor.user)
    members = office.slack.space.channels[channel].members
    members.add(actor.id) if actor.present else members.discard(actor.id)


def person(office: Office, actor: Actor):
    return office.person(actor.id[2:])


@pytest.mark.parametrize(("actor", "allowed"), DESK_ACTORS, ids=lambda a: getattr(a, "id", a))
@pytest.mark.parametrize("label", ["desk.take", "desk.details"])
async def test_the_desks_card_obeys_the_desks_present_members_alone(
    office: Office, actor: Actor, allowed: bool, label: str
) -> None:
    card = await files_by_hand(office)
    comes(office, actor, DESK)
    presser = person(office, actor)
    before = await history(office)
    await presser.taps_in(card, said("ja", label))
    assert (await history(office) != before) is allowed
    assert presser.has_modal is (allowed and label == "desk.details")
    if not allowed:
        assert presser.told_only_me() == [said("ja", "press.not_yours")]


@pytest.mark.parametrize(("actor", "allowed"), SITE_ACTORS, ids=lambda a: getattr(a, "id", a))
async def test_a_sites_card_obeys_the_sites_present_people_alone(
    office: Office, actor: Actor, allowed: bool
) -> None:
    await calls_for_help(office)
    card = with_button(office.messages(SHINJUKU), said("ja", "answer.take_over"))
    comes(office, actor, SHINJUKU)
    before = await history(office)
    await person(office, actor).taps_in(card, said("ja", "answer.take_over"))
    assert (await history(office) != before) is allowed


async def test_a_manager_answers_from_the_direct_message_too(office: Office) -> None:
    office.slack.scopes = set(scopes())
    await calls_for_help(office)
    tanaka = office.person("tanaka")
    asked = with_button(tanaka.chat, said("ja", "answer.take_over"))
    before = await history(office)
    await office.person("eve").acts_in(asked, {
        "type": "button", "action_id": "press.card.0", "block_id": "b",
        "value": button_of(asked, said("ja", "answer.take_over"))["value"],
    })  # fmt: skip
    assert await history(office) == before
    await tanaka.taps_in(asked, said("ja", "answer.take_over"))
    assert await history(office) != before


async def test_every_button_of_a_direct_message_lives_on_after_the_message_was_edited(
    office: Office,
) -> None:
    await calls_for_help(office)
    yamamoto, tanaka = office.person("yamamoto"), office.person("tanaka")
    steps = (
        (yamamoto, said("ja", "answer.take_over")),
        (tanaka, said("ja", "answer.coming", minutes=2)),
        (yamamoto, said("ja", "answer.cannot_after_all")),
        (tanaka, said("ja", "answer.here")),
        (tanaka, said("ja", "second.over")),
    )
    for number, (who, label) in enumerate(steps):
        before = await history(office)
        asked = with_button(who.chat, label)
        assert (asked.edits > 0) is (number > 0)
        await who.taps_in(asked, label)
        await office.settles()
        assert await history(office) != before, label
    assert said("ja", "press.unknown") not in tanaka.told_only_me() + yamamoto.told_only_me()


def button_of(message: Message, label: str) -> dict:
    return next(
        e
        for b in message.blocks
        for e in b.get("elements", ())
        if e.get("text", {}) and e["type"] == "button" and e["text"]["text"] == label
    )


async def test_a_request_of_another_workspace_does_nothing(office: Office) -> None:
    card = await files_by_hand(office)
    before = await history(office)
    office.person("sato").team = "T0OTHER"
    office.slack.space.users["U0SATO"].team = "T0OTHER"
    await office.person("sato").taps_in(card, said("ja", "desk.take"))
    assert await history(office) == before


@pytest.mark.parametrize("method", ["conversations.members", "users.info"])
@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.THROTTLED, Kind.ERROR, Kind.DROPPED_AFTER])
async def test_where_slack_does_not_say_nothing_happens_and_the_presser_is_told(
    office: Office, method: str, kind: Kind
) -> None:
    card = await files_by_hand(office)
    before = await history(office)
    office.slack.faults.append(Fault(kind, method, times=2))
    await office.person("sato").taps_in(card, said("ja", "desk.take"))
    assert await history(office) == before
    assert office.person("sato").told_only_me() == [said("ja", "slack.not_checked")]


async def with_words_typed(office: Office, **changed: object) -> Person:
    """Somebody of the desk who has written to the reporter, in the details of a case."""
    card = await files_by_hand(office, **changed)
    sato = office.person("sato")
    await sato.taps_in(card, said("ja", "desk.details"))
    sato.types(said("ja", "talk.desk.label"), "a long answer")
    return sato


async def messages(office: Office) -> int:
    async with office.service.work.storage.read() as tx:
        return len(await tx.messages.of_case(office.cases[-1]))


@pytest.mark.parametrize("method", ["conversations.members", "users.info"])
async def test_the_desks_words_stay_where_slack_does_not_say_who_may_send_them(
    office: Office, method: str
) -> None:
    sato = await with_words_typed(office)
    office.slack.faults.append(Fault(Kind.THROTTLED, method, times=4))
    await sato.submits()
    assert await messages(office) == 0
    assert list(sato.errors.values()) == [said("ja", "slack.not_checked")]
    office.slack.faults.clear()
    await sato.submits()
    assert await messages(office) == 1
    assert "a long answer" in sato.modal.read


async def test_a_press_in_the_details_that_cannot_be_checked_is_answered_above_them(
    office: Office,
) -> None:
    sato = await with_words_typed(office)
    details = sato.modal
    stood = details.hash
    office.slack.faults.append(Fault(Kind.THROTTLED, "conversations.members", times=4))
    await sato.taps(said("ja", "desk.tell_outcome"))
    assert said("ja", "slack.not_checked") in sato.modal.read
    assert sato.modal is not details and details.hash == stood
    assert await messages(office) == 0


def leaves_the_channel(office: Office) -> None:
    office.slack.space.channels[DESK].members.remove("U0SATO")


def is_no_longer_of_the_desk(office: Office) -> None:
    """By the roster; the channel still has them."""
    directory = office.service.work.directory
    people = [p for p in directory.company.people if p.id != "sato"]
    left = directory.person("sato")
    assert left is not None
    gone = left.model_copy(update={"role": Role.STAFF, "sites": ("shinjuku",)})
    directory.load((*people, gone), 1)


def has_the_desk_elsewhere(office: Office) -> None:
    """The company's file names another channel for the desk meanwhile."""
    company = office.service.work.company
    elsewhere = company.desk.model_copy(update={"channel": "slack:C0CALLS"})
    object.__setattr__(company, "desk", elsewhere)


LEAVES = [leaves_the_channel, is_no_longer_of_the_desk, has_the_desk_elsewhere]


@pytest.mark.parametrize("leaves", LEAVES)
async def test_the_desks_words_stay_where_somebody_may_not_send_them_any_more(
    office: Office, leaves: Callable[[Office], None]
) -> None:
    sato = await with_words_typed(office)
    details = sato.modal
    leaves(office)
    await sato.submits()
    assert list(sato.errors.values()) == [said("ja", "press.not_yours")]
    assert sato.modal is details and typed(sato) == ["a long answer"]
    await sato.taps(said("ja", "desk.tell_outcome"))
    assert said("ja", "press.not_yours") in sato.modal.read and sato.modal is not details
    assert await messages(office) == 0


async def test_the_desks_words_stay_where_the_case_turned_out_to_be_their_own(
    office: Office,
) -> None:
    sato = await with_words_typed(office, reporter="hanako")
    directory = office.service.work.directory
    person = directory.person("sato")
    assert person is not None
    directory.load((person.model_copy(update={"aliases": ("hanako",)}),), 1)
    await sato.submits()
    assert list(sato.errors.values()) == [said("ja", "press.unknown")]
    assert typed(sato) == ["a long answer"] and await messages(office) == 0


async def test_details_are_not_drawn_again_for_somebody_who_left_the_desk(office: Office) -> None:
    card = await files_by_hand(office)
    sato = office.person("sato")
    await sato.taps_in(card, said("ja", "desk.details"))
    is_no_longer_of_the_desk(office)
    await writes_to_the_desk(office, "WRITTEN LATER")
    await sato.picks("English")
    assert "WRITTEN LATER" not in sato.modal.read


async def test_an_empty_answer_of_the_desk_is_said_at_its_field(office: Office) -> None:
    sato = await with_words_typed(office)
    details = sato.modal
    sato.types(said("ja", "talk.desk.label"), "  ")
    await sato.submits()
    assert list(sato.errors.values()) == [said("ja", "problem.nothing_written")]
    # A button of the modal has no field of its own: it is said above, and the details stay.
    await sato.taps(said("ja", "desk.tell_outcome"))
    assert said("ja", "problem.nothing_written") in sato.modal.read
    assert sato.modal is not details
    assert await messages(office) == 0


async def test_a_reminder_to_the_desk_opens_the_case_where_it_is_read(office: Office) -> None:
    card = await files_by_hand(office)
    sato = office.person("sato")
    await sato.taps_in(card, said("ja", "desk.take"))
    await office.passes(days=3)
    replies = [m for m in office.messages(DESK) if m.thread_ts == card.ts]
    reminder = next(m for m in replies if said("ja", "due.reply") in m.read)
    await sato.taps_in(reminder, said("ja", "desk.details"))
    assert said("ja", "details.opened_is_logged") in sato.modal.read


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_what_keeps_a_case_from_being_closed_is_said_at_the_button(
    office: Office, language: str
) -> None:
    card = await files_by_hand(office)
    sato = office.person("sato")
    await sato.taps_in(card, said("ja", "desk.details"))
    if language == "en":
        await sato.picks("English")
    await sato.taps(said(language, "desk.close"))
    why = said(language, "press.close_first", duties=Verbatim(text="｜")).split("｜")[0]
    above, _, end = sato.modal.read.rpartition(said(language, "desk.ending.title"))
    assert end.startswith(f"\n{why}") and end.endswith(said(language, "desk.close"))
    line = said(language, "press.close_first.one", duty=say("duty.next_contact"))
    assert line in end.split("\n"), "each on a line of its own"
    assert why not in above


async def test_the_desk_sends_one_of_two_texts_and_the_other_stays(office: Office) -> None:
    sato = await with_words_typed(office)
    await sato.taps_in(office.messages(DESK)[-1], said("ja", "desk.take"))
    await office.settles()
    await sato.taps_in(office.messages(DESK)[-1], said("ja", "desk.details"))
    sato.types(said("ja", "talk.desk.label"), "to the reporter")
    sato.types(said("ja", "desk.measure.label"), "two at the counter")
    await sato.submits()
    assert typed(sato) == ["two at the counter"]
    sato.types(said("ja", "talk.desk.label"), "one more thing")
    await sato.taps(said("ja", "desk.measure.send"))
    assert typed(sato) == ["one more thing"]


def typed(person: Person) -> list[str]:
    """What stands in the places to write."""
    states = [state for block in person.modal.values.values() for state in block.values()]
    return [state["value"] for state in states if state.get("value")]


async def test_a_button_of_another_place_or_of_nobodys_making_does_nothing(office: Office) -> None:
    card = await files_by_hand(office)
    button = card.blocks[-2]["elements"][0] if card.blocks[-1]["type"] == "context" else None
    assert button is not None
    work = office.service.work
    press = work.index.open_press(button["value"], f"slack:{DESK}")
    assert press is not None
    codes = [
        button["value"][:-1] + ("a" if button["value"][-1] != "a" else "b"),
        work.index.seal_press(press, f"slack:{SHINJUKU}"),
        work.index.seal_press(press, "slack:T0OTHER.C0DESK"),
        work.index.seal_press(press, "slack:@U0SATO"),
        "", "x", "..", "é" * 100, "take." + "0" * 32 + "..", "\ud800",
    ]  # fmt: skip
    before = await history(office)
    for number, code in enumerate(codes):
        action = {
            "type": "button", "action_id": f"press.card.{number}", "block_id": "b", "value": code,
        }  # fmt: skip
        reply = await office.person("sato").acts_in(card, action)
        assert reply.status == 200
    assert await history(office) == before
    assert set(office.person("sato").told_only_me()) == {said("ja", "press.unknown")}


async def test_the_same_request_again_has_no_second_effect(office: Office) -> None:
    card = await files_by_hand(office)
    await office.person("sato").taps_in(card, said("ja", "desk.take"))
    before = await history(office)
    body, headers = office.slack.delivered[-1]
    for _ in range(3):
        assert (await office.slack.posts(body, headers)).status == 200
    assert await history(office) == before


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x", "https://hooks.slack.com.evil.example/", "http://169.254.169.254/",
        "https://hooks.slack.com@evil.example/", "https://hooks.slack.com:444/", "file:///etc/passwd",
        "//hooks.slack.com/", "https://[::1]/", "https://hooks.slаck.com/", "javascript:1", "",
        "http://0x7f.1/", "https://hooks.slack.com\\@evil.example/", "https://hooks.slack.com\n.x/",
    ],
)  # fmt: skip
async def test_no_press_makes_us_call_a_stranger(office: Office, url: str) -> None:
    card = await files_by_hand(office)
    asked: list[object] = []
    session = office.site.api.session
    post = session.post

    def noted(url: str, **given: object) -> object:
        asked.append(url)
        return post(url, **given)

    session.post = noted
    office.slack.hook = lambda *_pressed: url
    await office.person("hanako").taps_in(card, said("ja", "desk.take"))
    await office.settles()
    assert not asked


async def history(office: Office) -> list[object]:
    """Everything written to any case's history."""
    async with office.service.work.storage.read() as tx:
        return [entry for case_id in office.cases for entry in await tx.history.of_case(case_id)]
