"""One company's day in Slack, with every screen and message kept as it was shown."""

from pathlib import Path
from typing import Any

from tests.adapters.slack.office import COMPANY, DESK, SHINJUKU, Office, an_office, said
from tests.adapters.slack.walks import answers_one, chooses_the_site, with_button
from tests.fake_slack import Message, Person

Screens = dict[str, dict[str, Any]]

NAMES = {"ja": "hanako", "en": "john"}
"""Who walks in which language."""


async def walk(folder: Path, language: str) -> Screens:
    """Everything that an employee, the desk and a manager see."""
    screens: Screens = {}

    def keep(name: str, shown: Any) -> None:
        blocks = shown.blocks if isinstance(shown, Message) else None
        screens[f"{len(screens) + 1:02d}-{name}"] = {"blocks": blocks} if blocks else shown.shown

    company = _in(language, folder)
    async with an_office(folder, company=company) as office:
        person = office.person(NAMES[language])
        receipt = await _reports(office, person, language, keep)
        await _works(office, language, keep)
        await _comes_back(person, language, receipt, keep)
        await _helps(office, person, language, keep)
    return screens


def _in(language: str, folder: Path) -> Path:
    """The example company, whose channels and desk speak one language."""
    path = folder / "company.yaml"
    text = COMPANY.read_text("utf-8").replace("language: ja", f"language: {language}")
    text = text.replace(
        "on_shift: {morning: 9", f"language: {language}\n    on_shift: {{morning: 9"
    )
    path.write_text(text, "utf-8")
    return path


async def _reports(office: Office, person: Person, language: str, keep: Any) -> str:
    await person.writes("hello")
    keep("first-card", person.chat[-1])
    await person.opens_home()
    keep("home", person.home)
    await person.taps_at_home(said(language, "slack.policy"))
    keep("policy", person.modal)
    person.closes()
    await person.commands("/mamori")
    keep("first", person.modal)
    await person.taps(said(language, "first.check"))
    keep("safe", person.modal)
    await person.taps(said(language, "safe.v"))
    keep("acts", person.modal)
    await person.picks(said(language, "chip.c"))
    await person.submits()
    while said(language, "result.send") not in person.modal.read:
        keep("question", person.modal)
        await answers_one(person, language)
    keep("result", person.modal)
    await person.taps(said(language, "result.send"))
    keep("site", person.modal)
    await chooses_the_site(person, language)
    keep("who-sees-it", person.modal)
    await person.picks(said(language, "who.site.y"))
    await person.submits()
    keep("review", person.modal)
    await person.picks(said(language, "blur.now"))
    await person.submits()
    keep("sent", person.modal)
    found = next(t for t in person.modal.read.splitlines() if len(t) == 29 and t[5] == " ")
    await office.settles()
    person.closes()
    return found


async def _works(office: Office, language: str, keep: Any) -> None:
    desk = office.person("sato")
    desk.space.users[desk.id].locale = {"ja": "ja-JP", "en": "en-US"}[language]
    card = with_button(office.messages(DESK), said(language, "desk.take"))
    keep("desk-card", card)
    await desk.opens_home()
    keep("home-of-the-desk", desk.home)
    await desk.taps_in(card, said(language, "desk.take"))
    await office.settles()
    await desk.taps_in(card, said(language, "desk.details"))
    keep("details", desk.modal)
    desk.types(said(language, "talk.desk.label"), "…")
    await desk.submits()
    keep("desk-card-taken", card)
    shop = office.messages(SHINJUKU)
    for number, message in enumerate(shop[:2]):
        keep(f"site-card-{number + 1}", message)
    manager = office.person("tanaka")
    manager.space.users[manager.id].locale = desk.space.users[desk.id].locale
    await manager.opens_home()
    keep("home-of-a-manager", manager.home)


async def _comes_back(person: Person, language: str, receipt: str, keep: Any) -> None:
    await person.opens_home()
    await person.taps_at_home(said(language, "slack.sent"))
    keep("receipt", person.modal)
    person.types(said(language, "slack.receipt.enter"), receipt)
    await person.submits()
    keep("my-report", person.modal)
    person.closes()


async def _helps(office: Office, person: Person, language: str, keep: Any) -> None:
    await person.opens_home()
    await person.taps_at_home(said(language, "first.help"))
    await chooses_the_site(person, language)
    await office.settles()
    keep("calling", person.modal)
    newest = office.messages(SHINJUKU)[::-1]
    card = with_button(newest, said(language, "answer.coming", minutes=2))
    keep("help-card", card)
    await office.person("tanaka").taps_in(card, said(language, "answer.coming", minutes=2))
    await office.settles()
    keep("help-card-answered", card)
    await person.taps(said(language, "slack.refresh"))
    keep("somebody-comes", person.modal)
