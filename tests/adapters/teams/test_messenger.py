"""What becomes of a message: sent, too fast, perhaps, never; and what is told of each."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.teams.messenger import LONGEST_WAIT_SECONDS
from adapters.teams.references import TENANT, Reference, of_person
from bot.audits import audit
from bot.company import Person as Staff
from bot.help_calls import call_help
from bot.messengers import Ambiguous, Delivery, Permanent, Sent, Throttled
from bot.return_address import NEUTRAL
from flows.ladders import Role
from flows.phrases import At, Own, say
from flows.presses import Press, Verb
from flows.screens import Button, Card, Paragraph
from tests.adapters.teams.play import PEOPLE, Play, playing, said
from tests.fake_teams.card_rules import read_text
from tests.fake_teams.faults import Fault

CARD = Card(
    title=say("care.title"),
    buttons=(Button(label=say("care.done"), press=Press(verb=Verb.CARED, subject="0" * 32)),),
    mentions=("tanaka", "nobody"),
)


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        yield made


async def post(play: Play, channel: str = "", thread: str | None = None) -> Delivery:
    return await play.site.messenger.post(channel or play.channel("shinjuku"), CARD, "key", thread)


async def ref(play: Play, channel: str = "", thread: str | None = None) -> str:
    outcome = await post(play, channel, thread)
    assert isinstance(outcome, Sent)
    return outcome.ref


async def test_a_card_stands_in_its_channel_and_alerts_who_is_asked(play: Play) -> None:
    await ref(play)
    (shown,) = play.shown("shinjuku")
    assert said("ja", "care.title") in read_text(shown.card)
    (entity,) = shown.card["msteams"]["entities"]
    assert entity["mentioned"] == {"id": PEOPLE["tanaka"], "name": "田中"}
    assert shown.activity["summary"] == said("ja", "care.title")


async def test_a_phone_is_told_what_a_card_announces_in_place_of_its_title(play: Play) -> None:
    card = CARD.model_copy(update={"announcement": say("care.text_desk", site=say("care.done"))})
    await play.site.messenger.post(play.channel("shinjuku"), card, "key", None)
    (shown,) = play.shown("shinjuku")
    assert shown.activity["summary"] == said("ja", "care.text_desk", site=say("care.done"))
    assert said("ja", "care.title") in read_text(shown.card)


@pytest.mark.parametrize("hours", [0, 24])
async def test_a_time_in_a_message_names_its_day_for_whoever_reads_it_days_later(
    play: Play, hours: int
) -> None:
    moment = play.world.clock.present + timedelta(hours=hours)
    due = Paragraph(text=At(moment=moment, zone="Asia/Tokyo", style="day_clock"))
    card = CARD.model_copy(update={"body": (due,)})
    await play.site.messenger.post(play.channel("shinjuku"), card, "key", None)
    (shown,) = play.shown("shinjuku")
    assert f"{moment.astimezone(ZoneInfo('Asia/Tokyo')).day}日" in read_text(shown.card)


async def test_what_is_beside_a_card_stands_in_its_thread(play: Play) -> None:
    above = await ref(play)
    await ref(play, thread=above)
    first, second = play.shown("shinjuku")
    assert first.conversation == second.conversation
    # A card of another channel, or of a platform that is not ours, has no thread here.
    await ref(play, play.channel("yotsuya"), above)
    await ref(play, play.channel("yotsuya"), "T1/C1/123.4")
    assert len({message.conversation for message in play.shown("yotsuya")}) == 2


@pytest.mark.parametrize("place", ["channel", "person"])
async def test_an_edit_changes_the_message_and_may_be_repeated(play: Play, place: str) -> None:
    channel = play.channel("shinjuku") if place == "channel" else "@" + PEOPLE["tanaka"]
    name = await ref(play, channel)
    after = CARD.model_copy(update={"title": say("care.recorded")})
    for _ in range(2):
        assert await play.site.messenger.edit(channel, name, after) == Sent(name)
    (shown,) = play.shown("shinjuku") if place == "channel" else play.person("tanaka").messages()
    assert said("ja", "care.recorded") in read_text(shown.card)
    # Its button is still good there.
    shown_to = await play.person("tanaka").presses(shown, said("ja", "care.done"))
    assert shown_to == said("ja", "press.unknown")


async def test_a_message_that_is_gone_or_never_was_is_not_looked_for_for_ever(play: Play) -> None:
    messenger = play.site.messenger
    name, channel = await ref(play), play.channel("shinjuku")
    play.connector.tenant.messages[0].deleted = True
    gone = Permanent("message_not_found")
    assert await messenger.edit(channel, name, CARD) == gone
    assert await messenger.edit(channel, "T1/C1/123.4", CARD) == gone
    assert await messenger.edit(channel, "", CARD) == gone


OUTCOMES = (
    (Fault(429, "TooManyRequests", "30"), (31.1 - 1, 31.5)),
    (Fault(429, "TooManyRequests"), (1.1, 2.5)),
    (Fault(429, "TooManyRequests", "1e9"), (LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS + 1.5)),
    (Fault(429, "TooManyRequests", "-5"), (1.1, 2.5)),
    (Fault(429, "TooManyRequests", "nan"), (1.1, 2.5)),
    (Fault(412, "PreconditionFailed"), (1.1, 2.5)),
    (Fault(401, "Unauthorized"), (1.1, 2.5)),
)


@pytest.mark.parametrize(("fault", "seconds"), OUTCOMES, ids=str)
async def test_what_was_not_taken_is_put_off_and_not_all_at_once(
    play: Play, fault: Fault, seconds: tuple[float, float]
) -> None:
    play.connector.faults.add(fault)
    outcome = await post(play)
    assert isinstance(outcome, Throttled)
    wait = (outcome.retry_at - play.world.clock.now()) / timedelta(seconds=1)
    assert seconds[0] <= wait <= seconds[1]
    assert not play.shown("shinjuku")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500, "ServiceError"),
        Fault(502, html=True),
        Fault(503, "ServiceUnavailable"),
        Fault(504, html=True, applied=True),
        Fault(),
        Fault(applied=True),
    ],
    ids=str,
)
async def test_what_may_have_been_taken_is_said_to_be_so(play: Play, fault: Fault) -> None:
    play.connector.faults.add(fault)
    assert await post(play) == Ambiguous()
    assert len(play.shown("shinjuku")) == fault.applied
    assert not play.site.messenger.reads_back
    assert await play.site.messenger.find("x", "key", None) == Ambiguous()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(400, "BadSyntax"), "refused"),
        (Fault(403, "MessageWritesBlocked"), "unreachable"),
        (Fault(404, "ConversationNotFound"), "message_not_found"),
        (Fault(413, "MessageSizeTooBig"), "too_large"),
        (Fault(410, "Gone"), "status_410"),
    ],
)
async def test_what_will_never_be_taken_has_a_reason_of_one_word(
    play: Play, fault: Fault, reason: str
) -> None:
    play.connector.faults.add(fault)
    assert await post(play) == Permanent(reason)


@pytest.mark.parametrize("why", ["blocked", "uninstalled", "unknown"])
async def test_somebody_who_cannot_be_written_to_is_unreachable_and_the_next_is_asked(
    play: Play, why: str
) -> None:
    person = play.person("tanaka")
    person.user.blocked, person.user.installed = why == "blocked", why != "uninstalled"
    account = "00000000-0000-0000-0000-0000000000ff" if why == "unknown" else PEOPLE["tanaka"]
    outcome = await post(play, "@" + account)
    assert outcome == Permanent("refused" if why == "unknown" else "unreachable")


async def test_without_a_connection_nothing_is_lost_and_nothing_doubled(play: Play) -> None:
    await play.references.put(TENANT, Reference("http://127.0.0.1:1/emea/"))
    assert isinstance(await post(play), Throttled)
    await play.references.put(TENANT, Reference(play.connector.service_url))
    assert isinstance(await post(play), Sent)


@pytest.mark.parametrize(
    "fault", [Fault(502, html=True), Fault(503, "ServiceUnavailable"), Fault(), Fault(applied=True)]
)
async def test_whoever_has_no_chat_yet_was_certainly_not_written_to(
    play: Play, fault: Fault
) -> None:
    tanaka = "@" + PEOPLE["tanaka"]
    play.connector.faults.add(replace(fault, calls="POST /v3/conversations$"))
    assert isinstance(await post(play, tanaka), Throttled)
    assert not play.person("tanaka").messages()
    assert isinstance(await post(play, tanaka), Sent)


async def test_the_chat_with_somebody_is_made_once(play: Play) -> None:
    for _ in range(3):
        await ref(play, "@" + PEOPLE["tanaka"])
    assert play.connector.calls.count("POST /v3/conversations") == 1


async def test_an_address_that_changed_is_taken_up_from_whatever_is_done(play: Play) -> None:
    tanaka = play.person("tanaka")
    await tanaka.installs()
    key = of_person(PEOPLE["tanaka"])
    right = Reference(play.connector.service_url, tanaka.chat)
    assert await play.references.find(key) == right
    await play.references.put(key, Reference("http://127.0.0.1:1/old/", tanaka.chat))
    await play.references.put(TENANT, Reference("http://127.0.0.1:1/old/"))
    await tanaka.says("hello")
    assert await play.references.find(key) == right
    assert await play.references.find(TENANT) == Reference(play.connector.service_url)
    await tanaka.installs("remove")
    assert await play.references.find(key) is None


def on_the_roster(play: Play) -> None:
    """The company's list names its employees, too, whom nobody asks to come."""
    directory = play.world.service.work.directory
    hana = Staff(
        id="hana",
        name=Own(ja="花", en="Hana"),
        role=Role.STAFF,
        sites=("shinjuku", "yotsuya"),
        entra_id=PEOPLE["employee"],
    )
    directory.load((*directory.company.people, hana), 1)


@pytest.mark.parametrize("listed", [False, True])
async def test_nothing_is_noted_of_an_employee_who_opens_the_bot(play: Play, listed: bool) -> None:
    if listed:
        on_the_roster(play)
    employee = play.person("employee")
    await employee.installs()
    await employee.says("hello")
    assert await play.references.find(of_person(PEOPLE["employee"])) is None


async def test_at_its_own_pace_it_is_never_told_to_wait(play: Play) -> None:
    gap = play.site.messenger.gap_seconds
    thread = await ref(play)
    for _ in range(70):
        play.world.clock.passes(seconds=gap)
        assert isinstance(await post(play, thread=thread), Sent)


@pytest.mark.parametrize("listed", [False, True])
async def test_whom_nobody_asks_to_come_is_written_to_and_kept_nowhere(
    play: Play, listed: bool
) -> None:
    if listed:
        on_the_roster(play)
    employee = play.person("employee")
    await employee.installs()
    channel = "@" + PEOPLE["employee"]
    name = await ref(play, channel)
    assert await play.site.messenger.edit(channel, name, CARD) == Sent(name)
    assert len(employee.messages()) == 2
    assert await play.references.find(of_person(PEOPLE["employee"])) is None


async def test_that_there_is_something_for_a_manager_is_kept_nowhere_either(play: Play) -> None:
    """They may have reported without their name."""
    channel = "@" + PEOPLE["tanaka"]
    assert isinstance(await play.site.messenger.post(channel, NEUTRAL, "key", None), Sent)
    assert len(play.person("tanaka").messages()) == 1
    assert await play.references.find(of_person(PEOPLE["tanaka"])) is None
    await ref(play, channel)  # and asked to come
    assert await play.references.find(of_person(PEOPLE["tanaka"])) is not None


async def test_who_is_in_a_channel_is_told_or_not_known(play: Play) -> None:
    messenger = play.site.messenger
    present = await messenger.members(play.channel("shinjuku"))
    assert present is not None and PEOPLE["tanaka"] in present
    play.connector.faults.add(Fault(403, "Forbidden"), Fault(403, "Forbidden"))
    assert await messenger.members(play.channel("shinjuku")) is None


async def test_a_secret_that_has_ended_is_an_alarm_within_minutes(play: Play) -> None:
    tokens = play.site.messenger._transport._connectors._calls._tokens
    tokens._credentials = replace(tokens._credentials, secret="ended")
    await call_help(play.world.service.work, "shinjuku", b"s" * 16, "ja", None, None, None)
    await play.passes(1)
    assert (await audit(play.world.service.work)).clean
    await play.passes(3)
    assert (await audit(play.world.service.work)).overdue
    assert not play.shown("shinjuku")
