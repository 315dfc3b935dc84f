"""Nothing that a person types acts in Slack: every payload in every field, the whole way through.

What the fake was sent for a harmless text is what Mamori's own screens act with; for every
payload it must be sent no other mention, link, broadcast or emoji, in no message, no view, no
line for one person and no notification.
"""

import copy
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.inbound import Source
from adapters.slack.screens import Kept
from bot.bursts import CALLS_ALONE
from flows.presses import Press, Verb
from tests.adapters.slack.office import (
    COMPANY,
    DESK,
    SHINJUKU,
    TEAM,
    Office,
    an_office,
    said,
)
from tests.adapters.slack.payloads import PAYLOADS, packed
from tests.adapters.slack.walks import (
    answers_the_checklist,
    chooses_the_site,
)
from tests.fake_slack import Channel, Message, Person, User, View
from tests.fake_slack.entities import in_blocks, in_markup

HARMLESS = "They shouted at me"
FIELD = 3000
"""What one field takes in Slack."""


class Ears:
    """Everything that Slack was sent since it was last asked."""

    def __init__(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        self._slack = office.slack
        self._slack.enforces_rates = False
        self._answers: list[dict[str, Any]] = []
        self._calls = self._told = 0
        self.heard = ""
        """All of it, as text."""
        posts = self._slack.posts

        async def noted(*given: Any) -> Any:
            reply = await posts(*given)
            assert reply.status == 200
            if reply.text:
                self._answers.append(reply.json())
            return reply

        monkeypatch.setattr(self._slack, "posts", noted)

    def acting(self) -> set[str]:
        """The entities in what was sent since then."""
        new = [call.given for call in self._slack.calls[self._calls :]]
        new += self._slack.responses[self._told :] + self._answers
        self._calls, self._told = len(self._slack.calls), len(self._slack.responses)
        self._answers.clear()
        self.heard = json.dumps(new, ensure_ascii=False)
        return {entity for one in new for entity in _in_sent(one)}


def _in_sent(sent: dict[str, Any]) -> Iterator[str]:
    """In a call or an answer: its notification line is markup, and so is much of its blocks."""
    yield from in_markup(str(sent.get("text") or ""))
    yield from in_blocks([sent.get("blocks"), sent.get("view")])


@pytest.fixture
def ears(office: Office, monkeypatch: pytest.MonkeyPatch) -> Ears:
    return Ears(office, monkeypatch)


def test_there_are_five_hundred_and_they_are_found_where_they_act() -> None:
    assert len(PAYLOADS) >= 500
    everything = "\n".join(packed(3000))
    assert all(p.replace("\ud800", "")[:80].strip() in everything for p in PAYLOADS)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": everything}}
    for sent in ({"text": everything}, {"blocks": [section]}, {"view": {"blocks": [section]}}):
        found = set(_in_sent(sent))
        assert {"<!channel>", "<@U0EVE>", "<https://evil.example>"} <= found
    emoji = {"type": "plain_text", "text": ":siren:", "emoji": True}
    assert list(_in_sent({"view": {"title": emoji}})) == [":siren:"]


async def case_of(office: Office, person: Person) -> str:
    """The id of the case that stands on somebody's screen."""
    own = office.site.presses.own
    visitor = await office.site.presses.talks.visitor(Source(TEAM, person.id))
    kept = Kept.unpack(person.modal.shown["private_metadata"], "")
    shown = await own.cases.open(visitor, kept.pass_token)
    assert shown is not None
    return shown.case_id


async def sato_opens(office: Office, case_id: str) -> Person:
    """Somebody of the desk opens a case, though its card may be folded into a list by now."""
    press = Press(verb=Verb.DETAILS, subject=case_id)
    value = office.service.work.index.seal_press(press, f"slack:{DESK}")
    button = {"type": "button", "action_id": "press.card.0", "block_id": "b", "value": value}
    sato = office.person("sato")
    await sato.acts_in(Message("1.1", DESK, "U0MAMORI", "", []), button)
    assert said("ja", "desk.measure.label") in sato.modal.read
    return sato


async def who_will_see_it(office: Office) -> View:
    """The screen before the one that sends: each copy of it begins a report of its own."""
    john = office.person("john")
    await john.commands("/mamori")
    await answers_the_checklist(john, "en")
    await john.taps(said("en", "result.send"))
    await chooses_the_site(john, "en")
    await john.picks(said("en", "who.n"))
    await john.picks(said("en", "who.site.y"))
    return copy.deepcopy(john.modal)


async def sends(office: Office, before: View, name: str, words: str) -> Person:
    """A report with a name, on to the desk's and the site's channel."""
    john = office.person("john")
    john.space.stacks[john.id] = [copy.deepcopy(before)]
    await john.submits()
    john.types(said("en", "review.name"), name)
    john.types(said("en", "review.words"), words)
    await john.submits()
    await office.settles()
    return john


async def test_the_name_and_the_words_of_a_report(office: Office, ears: Ears) -> None:
    before = await who_will_see_it(office)

    async def acted(name: str, words: str) -> set[str]:
        john = await sends(office, before, name, words)
        await sato_opens(office, await case_of(office, john))
        return ears.acting()

    ours = await acted("Rin Ichijo", HARMLESS)
    assert "Rin Ichijo" in ears.heard and HARMLESS in ears.heard
    arrived: list[str] = []
    for name, words in itertools.zip_longest(packed(80), packed(FIELD), fillvalue=HARMLESS):
        assert await acted(name, words) <= ours, (name, words)
        arrived += [m.read for m in office.messages(SHINJUKU)[-2:]]
    assert all(seed in "".join(arrived) for seed in ("<!channel>", "<@U0EVE>", "evil.example"))


async def test_what_the_reporter_and_the_desk_write(office: Office, ears: Ears) -> None:
    john = await sends(office, await who_will_see_it(office), "Rin Ichijo", HARMLESS)
    sato = await sato_opens(office, case_id := await case_of(office, john))

    async def acted(text: str) -> set[str]:
        john.types(said("en", "talk.own.label"), text)
        await john.submits()
        sato.types(said("ja", "talk.desk.label"), text)
        await sato.submits()
        sato.types(said("ja", "desk.measure.label"), text)
        await sato.taps(said("ja", "desk.measure.send"))
        sato.types(said("ja", "talk.desk.label"), text)
        if said("ja", "desk.tell_outcome") in sato.modal.read:
            await sato.taps(said("ja", "desk.tell_outcome"))
        await john.taps(said("en", "slack.refresh"))
        await sato_opens(office, case_id)
        await office.settles()
        return ears.acting()

    ours = await acted(HARMLESS)
    for text in packed(FIELD):
        assert await acted(text) <= ours, text
    async with office.service.work.storage.read() as tx:
        written = await tx.messages.of_case(case_id)
    assert sum("evil.example" in message.text for message in written) > 2


SHOP = (
    "  - {{id: s{0}, name: {{ja: 店{0}号, en: Shop no. {0}}}, area: {{ja: 区, en: Area}},\n"
    '     location: store, channel: "slack:C0SHOP{0}"}}\n'
)


def with_shops(folder: Path, count: int) -> Path:
    """The company with so many more sites that they are looked for by name."""
    company = folder / "company.yaml"
    shops = "".join(map(SHOP.format, range(count)))
    text = COMPANY.read_text("utf-8").replace("people:\n", f"{shops}people:\n")
    company.write_text(text.replace("sites: [shinjuku], slack_id: U0T", "slack_id: U0T"), "utf-8")
    return company


async def test_the_name_that_somebody_has_in_slack(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["Rin Ichijo", *packed(80)]
    shops = len(names) // CALLS_ALONE + 1  # more calls at one would be a list without names
    async with an_office(tmp_path, company=with_shops(tmp_path, shops)) as office:
        ears, space = Ears(office, monkeypatch), office.slack.space
        for number in range(shops):
            space.add_channel(Channel(f"C0SHOP{number}", "shop", TEAM), ["U0TANAKA"])
        ours: set[str] = set()
        for number, name in enumerate(names):
            user = space.add_user(User(f"U0N{number}", name, TEAM, locale="en-US"))
            caller, shop = Person(office.slack, user.id), f"Shop no. {number // CALLS_ALONE}"
            await caller.commands("/mamori")
            await caller.taps(said("en", "first.help"))
            caller.types(said("en", "site.search"), shop)
            await caller.taps(said("en", "slack.find"))
            await caller.taps(f"{shop} · Area")
            await office.settles()
            acting = ears.acting()
            ours = ours or acting
            assert acting <= ours, name
        read = "".join(m.read for n in range(shops) for m in office.messages(f"C0SHOP{n}"))
        for seed in ("Rin Ichijo", "<!channel>", "<@U0EVE>", "evil.example"):
            assert seed in read


async def test_what_is_typed_where_nothing_is_read(office: Office, ears: Ears) -> None:
    john = office.person("john")

    async def acted(text: str) -> set[str]:
        await john.writes(text)
        await john.commands("/mamori", text)
        await john.taps(said("en", "slack.sent"))
        john.types(said("en", "slack.receipt.enter"), text[:200])
        await john.submits()
        office.clock.passes(minutes=2)  # wrong numbers make later ones slow
        return ears.acting()

    # A number of the fire brigade's among what is typed is a hint of danger: ours come with it.
    ours = await acted(HARMLESS) | await acted("119")
    for text in (*packed(200), *packed(FIELD)):
        assert await acted(text) <= ours, text
        assert "evil" not in ears.heard


async def test_what_is_looked_for_among_many_sites(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with an_office(tmp_path, company=with_shops(tmp_path, 9)) as office:
        ears, john = Ears(office, monkeypatch), office.person("john")
        await john.commands("/mamori")
        await john.taps(said("en", "first.help"))

        async def acted(text: str) -> set[str]:
            john.types(said("en", "site.search"), text)
            await john.taps(said("en", "slack.find"))
            return ears.acting()

        ours = await acted(HARMLESS)
        assert said("en", "slack.find.none") in john.modal.read
        for text in packed(60):
            assert await acted(text) <= ours, text
