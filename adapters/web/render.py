"""Neutral screens as HTML. Pure: everything a page shows is in the value it is made from.

No page has a script, style or handler of its own, so the strictest content policy holds.
"""

import re
import unicodedata
from datetime import datetime
from functools import cache
from itertools import takewhile
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.web.pages import (
    AddPage,
    AskPage,
    CasePage,
    ChannelPage,
    DemoPage,
    DetailsPage,
    DoorPage,
    ElementsPage,
    KeptPage,
    MessagePage,
    ReceiptPage,
    SeenPage,
)
from adapters.web.words import Words, printable
from bot.catalogue import LANGUAGE_NAMES, Catalogue
from flows.phrases import at, on_day_at
from flows.presses import Verb
from flows.screens import Ask, Button, CallLine, Element, Group, Heading, Paragraph, Said, Style

MEMO_NAMES = {"ja": "メモ", "ja_simple": "メモ", "en": "Memo"}
"""What a phone's home screen calls the page: nothing that a customer could read into."""

_POLICE = "110"
_RECEIPT_GROUP = 5
_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _templates(asset_version: str) -> Environment:
    """The templates, each compiled once however many pages a process makes."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(tel=_tel, in_fives=_in_fives, printable=printable)
    made.globals.update(version=asset_version, language_names=LANGUAGE_NAMES, query=_query)
    return made


class Pages:
    """Every page of the web adapter, as HTML."""

    def __init__(self, catalogue: Catalogue, asset_version: str, start: str = "/") -> None:
        """`start` is where the first card is for somebody who came without a poster."""
        self._catalogue, self._start = catalogue, start
        self._templates = _templates(asset_version)

    def ask(self, page: AskPage) -> str:
        """One screen of a conversation."""
        shown = page.ask.found if page.ask.find else None
        return self._draw(
            "ask.html",
            page.language,
            page.now,
            page=page,
            ask=page.ask,
            buttons=[o for o in page.ask.buttons if shown is None or o.code in shown],
            ticked={group.id: _ticked(page, group) for group in page.ask.groups},
            calls=_calls(page.ask),
        )

    def case(self, page: CasePage) -> str:
        """A case's whole page."""
        return self._draw("case.html", page.language, page.now, **_case(page))

    def case_fragment(self, page: CasePage) -> str:
        """The part of a case's page that changes while it is open."""
        return self._draw("case_live.html", page.language, page.now, **_case(page))

    def kept(self, page: KeptPage) -> str:
        """Words that could go no further."""
        return self._draw("kept.html", page.language, page.now, page=page)

    def message(self, page: MessagePage) -> str:
        """A page of a few sentences."""
        return self._draw("message.html", page.language, page.now, page=page)

    def policy(self, page: ElementsPage) -> str:
        """A page to read."""
        return self._draw("policy.html", page.language, page.now, page=page)

    def come_back(self, page: ReceiptPage) -> str:
        """The form for a receipt."""
        return self._draw("come_back.html", page.language, page.now, page=page)

    def door(self, page: DoorPage) -> str:
        """In front of a private link."""
        return self._draw("door.html", page.language, page.now, page=page)

    def add(self, page: AddPage) -> str:
        """Where files are added."""
        return self._draw("add.html", page.language, page.now, page=page)

    def seen(self, page: SeenPage) -> str:
        """A file, for the desk."""
        return self._draw("seen.html", page.language, page.now, page=page)

    def channel(self, page: ChannelPage) -> str:
        """A demo channel's whole page."""
        return self._draw("channel.html", page.language, page.now, **_channel(page))

    def channel_fragment(self, page: ChannelPage) -> str:
        """The messages of a demo channel alone."""
        return self._draw("cards.html", page.language, page.now, **_channel(page))

    def details(self, page: DetailsPage) -> str:
        """A case's details, for the desk."""
        return self._draw("details.html", page.language, page.now, page=page)

    def demo(self, page: DemoPage) -> str:
        """The demo's only page."""
        clock = on_day_at(page.now, page.zone)
        return self._draw("demo.html", page.language, None, page=page, clock=clock)

    def memo(self, language: str, site: str = "") -> str:
        """The neutral page behind the quick way out. It has no form: nothing can be kept."""
        return self._draw("memo.html", language, None, site=site)

    def _draw(self, template: str, language: str, now: datetime | None, **values: object) -> str:
        words = Words(self._catalogue, language, now)
        return self._templates.get_template(template).render(
            language=language,
            lang=language.split("_")[0],
            text=words.markup,
            plain=words.plain,
            say=words.own,
            home=lambda site: home(site, language, self._start),
            **values,
        )


def home(site: str, language: str, start: str = "/") -> str:
    """Where the first card is: the poster's page, where one was scanned, in the same language."""
    return f"{f'/s/{site}' if site else start}?{_query(language, '')}"


def webmanifest(site: str, language: str) -> dict[str, object]:
    """What a phone needs to keep the page on its home screen, under a neutral name."""
    name = MEMO_NAMES[language]
    return {
        "name": name,
        "short_name": name,
        "lang": language.split("_")[0],
        "start_url": home(site, language),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f4ee",
        "theme_color": "#f6f4ee",
        "icons": [
            {
                "src": "/static/icon.svg",
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": purpose,
            }
            for purpose in ("any", "maskable")
        ],
    }


def _ticked(page: AskPage, group: Group) -> tuple[str, ...]:
    return page.chosen.get(group.id, () if page.problem else group.chosen)


def _calls(ask: Ask) -> frozenset[str]:
    """The buttons whose press calls for help: when it cannot go out, that is said as such."""
    return frozenset(o.code for o in ask.buttons if ask.for_help or o.style is Style.HELP)


def _case(page: CasePage) -> dict[str, object]:
    places = [button for button in page.card.buttons if button.press.verb is Verb.PLACE]
    others = [button for button in page.card.buttons if button not in places]
    # While a call runs the large key is 110 already, and never leaves the screen.
    read = [
        element
        for element in page.card.body
        if not (page.calling and isinstance(element, CallLine) and element.phone == _POLICE)
    ]
    read, question, answers, others = _question(read, others)
    return {
        "page": page,
        "body": read,
        "before": 0 if places else _listening(read),
        "question": question,
        "asked": _coded(page, answers),
        "lead": _lead(read),
        "places": _coded(page, places),
        "named": next((each.label for each in places if each.style is Style.PRIMARY), None),
        "buttons": _coded(page, others),
    }


def _question(
    body: list[Element], buttons: list[Button]
) -> tuple[list[Element], list[Element], list[Button], list[Button]]:
    """The rest of the page, and "How are you?" with its answers.

    The card has it last, where a question stands directly above its answers. A page has room for
    both at the top, where whoever comes back for it need not look for it.
    """
    answers = list(takewhile(lambda button: button.press.verb is Verb.CHECKED_IN, buttons))
    starts = [number for number, element in enumerate(body) if isinstance(element, Heading)]
    if not (answers and starts):
        return body, [], [], buttons
    start = starts[-1]
    return body[:start], body[start:], answers, buttons[len(answers) :]


def _listening(body: list[Element]) -> int:
    """How much of a page says whom to phone now, and what the desk answered: that stands before
    any question, and before the receipt, which else would stand between a sentence and its
    numbers."""
    lines = sum(1 for _ in takewhile(lambda element: isinstance(element, CallLine), body[1:]))
    phoned = lines + 1 if lines else 0
    return phoned + sum(1 for _ in takewhile(lambda one: isinstance(one, Said), body[phoned:]))


def _lead(body: list[Element]) -> int:
    """How much of a call's page stands before the question where its caller is: whom to phone
    stands with the line that speaks of it."""
    return sum(1 for _ in takewhile(lambda one: isinstance(one, Paragraph | CallLine), body))


def _coded(page: CasePage, buttons: list[Button]) -> list[tuple[Button, str]]:
    return [(button, page.press_codes(button.press)) for button in buttons]


def _channel(page: ChannelPage) -> dict[str, object]:
    return {
        "page": page,
        "names": {person.id: person.name for person in page.people},
        "when": lambda moment: on_day_at(moment, page.zone),
        "code": lambda button: page.press_codes(button.press),
        "direct_code": lambda button: page.direct_codes(button.press) if page.direct_codes else "",
        "at": lambda moment: at(moment, page.zone),
    }


def _query(language: str, site: str) -> str:
    """What an address may say: the language, and the poster's own token, which is in its link."""
    return urlencode({"lang": language} | ({"site": site} if site else {}))


def _tel(phone: str) -> str:
    """A phone number as the address of a link."""
    digits = re.sub(r"[^0-9+*#]", "", unicodedata.normalize("NFKC", phone))
    return "tel:" + digits.replace("#", "%23")


def _in_fives(code: str) -> list[str]:
    """A number in groups that are easy to copy by hand; words stay whole."""
    if not code.isdecimal():
        return code.split()
    return [code[i : i + _RECEIPT_GROUP] for i in range(0, len(code), _RECEIPT_GROUP)]
