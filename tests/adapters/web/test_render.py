"""The web's pages as HTML: what holds for every page, and what each one promises."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

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
    Person,
    PostView,
    ReceiptPage,
    SeenPage,
)
from adapters.web.poster import poster_page
from adapters.web.render import Pages, webmanifest
from adapters.web.words import Words
from bot.catalogue import Catalogue
from bot.desk import OpenedCase, OwedLine
from bot.evidence import Added
from bot.packs import builtin_pack
from flows.checklist import talk
from flows.conversation import Asking, replay
from flows.help_now import choose_site
from flows.ladders import Role
from flows.phrases import Own, Verbatim, at, say
from flows.policy_page import policy_page
from flows.presses import Press, Verb
from flows.scene import Scene, SiteOption
from flows.screens import (
    Ask,
    Button,
    CallLine,
    Card,
    Compose,
    Confirm,
    Fact,
    Facts,
    Group,
    Happening,
    Heading,
    Option,
    Paragraph,
    Said,
    Style,
    TextField,
    Timeline,
)

CATALOGUE = Catalogue.load()
PAGES = Pages(CATALOGUE, "v1")
POLICY = builtin_pack("gmo")
NOW = datetime(2026, 11, 24, 5, 2, tzinfo=UTC)
TOKYO = "Asia/Tokyo"
LANGUAGES = ("ja", "ja_simple", "en")
TOKEN, PASS, RECEIPT = "sealed-list", "sealed-pass", "1234567890123456789012345"
POISON = "</p><script>alert(1)</script>\"'><b onclick=x>@channel \u202eevil \x00\x02\x03{key}"

NOT_FOR_READING = {"hidden", "submit"}
VOID = {"input", "meta", "link", "br"}


class Tag:
    """An element, its attributes, and the tags it stands in."""

    def __init__(self, name: str, attributes: dict[str, str], inside: tuple["Tag", ...]) -> None:
        self.name, self.attributes, self.inside = name, attributes, inside
        self.text = ""

    def get(self, attribute: str) -> str:
        return self.attributes.get(attribute, "")


class Page(HTMLParser):
    """A page as its tags, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.tags: list[Tag] = []
        self._open: list[Tag] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Tag(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.tags.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if any(opened.name == tag for opened in self._open):
            while self._open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        for opened in self._open:
            opened.text += data

    def all(self, name: str, /, **attributes: str) -> list[Tag]:
        wanted = {key.replace("_", "-"): value for key, value in attributes.items()}
        return [
            tag
            for tag in self.tags
            if tag.name == name and wanted.items() <= tag.attributes.items()
        ]

    def one(self, name: str, /, **attributes: str) -> Tag:
        found = self.all(name, **attributes)
        assert len(found) == 1, (name, attributes, len(found))
        return found[0]


def read(text: str) -> str:
    """Text as it is read: the joiner that keeps a word's ending with it has no width."""
    return text.replace("\N{WORD JOINER}", "")


def own(text: str) -> Own:
    return Own(ja=text, en=text)


def site(number: int) -> SiteOption:
    return SiteOption(
        id=f"s{number}", name=own(f"Shop {number}"), area=own("East"), location="other"
    )


ONE_SITE = Scene(policy=POLICY, sites=(site(1),), site_id="s1", roles=(Role.MANAGER,))
MANY_SITES = Scene(policy=POLICY, sites=tuple(site(n) for n in range(12)), typed={"find": "Shop 3"})

TO_THE_REVIEW = ("check", "o", "next/c", "next/f", "r", "r", "w", "send", "next/u/n/")


def asks() -> Iterator[Ask]:
    """Every screen on the way to a report while it is still going on."""
    answers: list[str] = []
    for answer in (*TO_THE_REVIEW, ""):
        asking = replay(talk, ONE_SITE, answers)
        assert isinstance(asking, Asking)
        yield asking.ask
        if asking.ask.step == "review":
            return
        answers.append(_fitting(asking.ask, answer))


def _fitting(ask: Ask, answer: str) -> str:
    """The next answer; a question that was not asked is passed over."""
    return {
        "acts": "next/c",
        "effects": "next/f",
        "demand": "r",
        "length": "r",
        "after_stop": "w",
        "result": "send",
        "who": "next/u/n/",
    }.get(ask.step, answer)


def an_ask(**changes: object) -> Ask:
    """A screen with one of everything."""
    made = Ask(
        step="made",
        title=own("Title"),
        groups=(
            Group(id="many", label=own("Many"), options=(Option(code="a", label=own("A")),)),
            Group(
                id="folded",
                label=own("Folded"),
                options=(Option(code="b", label=own("B")), Option(code="c", label=own("C"))),
                many=True,
                folded=True,
            ),
        ),
        fields=(TextField(id="words", label=own("Words"), max_characters=20_000, rows=4),),
        buttons=(Option(code="next", label=own("Next"), style=Style.PRIMARY),),
    )
    return made.model_copy(update=changes)


def drawn(ask: Ask, language: str = "ja", **changes: object) -> Page:
    values: dict[str, object] = {
        "problem": None,
        "typed": {},
        "chosen": {},
        "can_go_back": ask.step != "first",
        "site": "poster",
        "first": ask.step == "first",
    }
    page = AskPage(ask=ask, token=TOKEN, language=language, now=NOW, **(values | changes))  # type: ignore[arg-type]
    return Page(PAGES.ask(page))


def press(verb: Verb, detail: str = "") -> Press:
    return Press(verb=verb, subject="0" * 32, detail=detail)


def code(of: Press) -> str:
    return f"{of.verb}.{of.detail}"


CARD = Card(
    title=own("Card"),
    body=(
        Paragraph(text=say("desk.taken_by", name=Verbatim(text=POISON), at=at(NOW, TOKYO))),
        Timeline(items=(Happening(when=at(NOW, TOKYO), what=own("Later"), done=False),)),
        Facts(items=(Fact(label=own("Words"), value=Verbatim(text=POISON)),)),
        Said(who=own("You"), when=None, text=Verbatim(text=POISON)),
        CallLine(label=own("Line"), phone="#8891"),
    ),
    buttons=(
        Button(label=own("Till"), press=press(Verb.PLACE, "till"), style=Style.PRIMARY),
        Button(label=own("I am fine"), press=press(Verb.FINE_NOW)),
    ),
    compose=Compose(
        field=TextField(id="words", label=own("Write"), max_characters=100, rows=3),
        button=Button(label=own("Send"), press=press(Verb.WRITE), style=Style.PRIMARY),
    ),
    mentions=("tanaka",),
)
PEOPLE = (Person("tanaka", own("Tanaka"), own("Manager")), Person("sato", own("Sato"), own("D")))


def a_case(language: str = "ja", **changes: object) -> CasePage:
    made = CasePage(CARD, PASS, language, NOW, RECEIPT, "K7F3QMA", code, "poster")
    return replace(made, **changes)  # type: ignore[arg-type]


def a_call(language: str = "ja", **changes: Any) -> CasePage:
    given = {"receipt": None, "notice": own("Thank you"), "calling": True, **changes}
    return a_case(language, **given)


def a_channel(language: str = "ja") -> ChannelPage:
    reply = PostView("2", Card(title=own("Reply"), mentions=("sato", "gone")), NOW, None, ())
    post = PostView("1", CARD, NOW, NOW + timedelta(minutes=1), (reply,))
    return ChannelPage(
        kind="site",
        title=own("Shop"),
        people=PEOPLE,
        acting="sato",
        cards=(post,),
        zone=TOKYO,
        language=language,
        now=NOW,
        path="/demo/site/s1",
        press_codes=code,
        notice=own("Only you"),
    )


def opened(**changes: Any) -> OpenedCase:
    """A case as one person of the desk opened it."""
    done = Button(label=own("Done"), press=Press(verb=Verb.DUTY_DONE, subject="0" * 32))
    keep = Button(label=own("Keep"), press=Press(verb=Verb.MEASURE, subject="0" * 32))
    close = Button(label=own("Close"), press=Press(verb=Verb.CLOSE, subject="0" * 32))
    look = Button(label=own("Open"), press=Press(verb=Verb.OPEN_FILE, subject="0" * 32, detail="0"))
    warn = Button(
        label=own("Warn"), press=Press(verb=Verb.RESPOND, subject="0" * 32, detail="warn")
    )
    assert CARD.compose is not None
    given: dict[str, Any] = {
        "title": own("Details"),
        "elements": CARD.body,
        "duties": (
            OwedLine(own("Check"), own("tomorrow"), (done,)),
            OwedLine(own("Care"), own("now"), ()),
        ),
        "responses": (warn,),
        "composes": (CARD.compose, CARD.compose.model_copy(update={"button": keep})),
        "ending": (close,),
        "files": (OwedLine(own("Photo 1"), own("2 MB"), (look,)),),
    }
    return OpenedCase(**{**given, **changes})


def details(language: str = "ja", **changes: Any) -> DetailsPage:
    return DetailsPage(
        opened=opened(**changes),
        language=language,
        now=NOW,
        back="/demo/desk?as=sato",
        path="/demo/desk",
        again=Press(verb=Verb.DETAILS, subject="f" * 32),
        acting="sato",
        press_codes=code,
        once="f00",
    )


def employee_pages(language: str) -> dict[str, Page]:
    """One of every page that an employee can meet, except the neutral one to hide behind."""
    pages = {ask.step: drawn(ask, language) for ask in asks()}
    pages["problem"] = drawn(an_ask(help_first=True), language, problem=own("Choose one"))
    finding = replay(talk, MANY_SITES, ["help"])
    assert isinstance(finding, Asking)
    pages["site"] = drawn(finding.ask, language, typed={"find": "Shop 3"})
    pages["case"] = Page(PAGES.case(a_case(language)))
    pages["call"] = Page(PAGES.case(a_call(language)))
    message = MessagePage(
        own("Again"),
        (own("Sorry."),),
        language,
        NOW,
        "poster",
        True,
        (CARD.body[-1],),  # type: ignore[arg-type]
    )
    pages["message"] = Page(PAGES.message(message))
    policy = ElementsPage(say("policy.page.title"), policy_page(POLICY), language, NOW, "poster")
    pages["policy"] = Page(PAGES.policy(policy))
    pages["receipt"] = Page(PAGES.come_back(ReceiptPage(language, NOW, "poster", own("Unknown"))))
    waiting = ReceiptPage(language, NOW, "poster", own("Too old"), words="typed")
    pages["receipt with words"] = Page(PAGES.come_back(waiting))
    pages["kept"] = Page(PAGES.kept(kept(language)))
    pages["files"] = Page(PAGES.add(files_of(language)))
    pages["files by a link"] = Page(
        PAGES.add(replace(files_of(language), pass_token="", receipt=""))
    )
    return pages


def kept(language: str) -> KeptPage:
    """What somebody wrote, where its own page cannot be shown."""
    return KeptPage(
        own("Sorry"),
        own("It is still here."),
        own("Your words"),
        "typed",
        own("Go on"),
        "/case",
        (("pass", PASS),),
        language,
        NOW,
        "poster",
        (CARD.body[-1],),  # type: ignore[arg-type]
    )


def files_of(language: str) -> AddPage:
    """The page on which files are added."""
    became = (
        Added(say("file.added.picture"), kept=True),
        Added(say("file.too_large", max=10), kept=False),
    )
    return AddPage(PASS, TOKEN, RECEIPT, language, NOW, "poster", became, 1, True, 10, 10, 25)


def every_page(language: str) -> dict[str, Page]:
    demo = DemoPage(
        language,
        NOW,
        (("s1", own("Shop")),),
        "s1",
        "/s/poster",
        "/demo/desk",
        "/demo/site/s1",
        TOKYO,
    )
    seen = SeenPage(own("Photo"), "K7F3QMA", own("2 MB"), "QUFB", TOKEN, language, NOW)
    return employee_pages(language) | {
        "memo": Page(PAGES.memo(language)),
        "channel": Page(PAGES.channel(a_channel(language))),
        "details": Page(PAGES.details(details(language))),
        "demo": Page(PAGES.demo(demo)),
        "door": Page(PAGES.door(DoorPage(own("Private"), "/add", TOKEN, language, NOW))),
        "door that is over": Page(PAGES.door(DoorPage(own("Over"), "/see", "", language, NOW))),
        "seen": Page(PAGES.seen(seen)),
    }


INSIDE = r"/(?!/)|tel:|data:image/jpeg;base64,"
"""Where an address may lead: to us, to a phone, or to what stands in the page itself."""
in_every_language = pytest.mark.parametrize("language", LANGUAGES)


@in_every_language
def test_no_page_has_a_script_a_style_or_a_handler_of_its_own(language: str) -> None:
    for name, page in every_page(language).items():
        assert not page.all("style"), name
        assert all(tag.get("src") and not tag.text.strip() for tag in page.all("script")), name
        for tag in page.tags:
            assert not [a for a in tag.attributes if a == "style" or a.startswith("on")], name


@in_every_language
def test_no_page_asks_anybody_else_for_anything(language: str) -> None:
    for name, page in every_page(language).items():
        for tag in page.tags:
            for attribute in ("href", "src", "action", "formaction"):
                address = tag.get(attribute)
                assert not address or re.match(INSIDE, address), (name, address)


@in_every_language
def test_no_address_holds_a_token_a_pass_or_a_receipt(language: str) -> None:
    for name, page in every_page(language).items():
        for tag in page.tags:
            for attribute in ("href", "src", "action", "formaction", "content", "data-cards"):
                for secret in (TOKEN, PASS, RECEIPT, RECEIPT[:5]):
                    assert secret not in tag.get(attribute), (name, tag.name)
        forms = [form for form in page.all("form") if form.get("method") != "post"]
        assert not forms, name
        assert not [tag for tag in page.tags if "formmethod" in tag.attributes], name


@in_every_language
def test_every_control_has_a_label(language: str) -> None:
    for name, page in every_page(language).items():
        targets = {label.get("for") for label in page.all("label") if label.text.strip()}
        for tag in page.tags:
            if tag.name not in ("input", "textarea") or tag.get("type") in NOT_FOR_READING:
                continue
            around = [outer for outer in tag.inside if outer.name == "label" and outer.text.strip()]
            assert tag.get("id") in targets or around, (name, tag.attributes)
        for button in page.all("button"):
            assert button.text.strip() or button.get("aria-hidden") == "true", name


@in_every_language
def test_every_group_of_options_says_what_it_asks(language: str) -> None:
    for name, page in every_page(language).items():
        for box in [*page.all("input", type="radio"), *page.all("input", type="checkbox")]:
            fieldset = next(outer for outer in box.inside if outer.name == "fieldset")
            legends = [legend for legend in page.all("legend") if fieldset in legend.inside]
            assert len(legends) == 1 and legends[0].text.strip(), name


@in_every_language
def test_every_page_has_its_language_one_heading_and_one_main_part(language: str) -> None:
    for name, page in every_page(language).items():
        assert page.one("html").get("lang") == language.split("_")[0], name
        assert page.one("h1").text.strip(), name
        page.one("main")
        ids = [tag.get("id") for tag in page.tags if "id" in tag.attributes]
        assert len(ids) == len(set(ids)), name


@in_every_language
def test_headings_never_skip_a_level(language: str) -> None:
    for name, page in every_page(language).items():
        levels = [int(tag.name[1]) for tag in page.tags if re.fullmatch(r"h\d", tag.name)]
        assert all(b - a <= 1 for a, b in pairwise(levels)), (name, levels)


@in_every_language
def test_the_tab_of_an_employee_s_page_could_be_a_memo_s(language: str) -> None:
    neutral = {"en": "Memo"}.get(language, "メモ")
    pages = employee_pages(language) | {"memo": Page(PAGES.memo(language))}
    for name, page in pages.items():
        assert page.one("title").text == neutral, name


@in_every_language
def test_help_is_the_last_key_of_every_employee_s_page(language: str) -> None:
    for name, page in employee_pages(language).items():
        if name in ("call", "site"):  # 110 stands there, and the workplaces that each call
            continue
        last = page.all("button")[-1]
        assert last.get("value") == "help" and "help" in last.get("class"), name
        assert last.get("formaction") == ("" if name == "first" else "/help"), name
        assert [outer.get("class") for outer in last.inside][-1] == "keys", name


@in_every_language
def test_every_employee_s_page_has_the_quick_way_out_at_its_top(language: str) -> None:
    for name, page in employee_pages(language).items():
        link = page.one("a", **{"class": "leave"})
        assert link.get("href") == f"/memo?lang={language}&site=poster", name
        assert page.tags.index(link) < page.tags.index(page.one("h1")), name


def test_the_page_to_hide_behind_can_keep_nothing() -> None:
    page = Page(PAGES.memo("ja", "poster"))
    assert not page.all("form") and not page.one("textarea").get("name")
    assert page.one("a").get("href") == "/s/poster?lang=ja"


def test_while_it_is_going_on_help_is_the_large_key_and_stands_once() -> None:
    (key,) = drawn(an_ask(help_first=True)).all("button", value="help")
    assert key.get("class") == "key help large" and key.inside[-1].get("class") == "keys"
    assert drawn(an_ask()).one("button", value="help").get("class") == "key help"


def test_enter_in_a_field_never_calls_for_help() -> None:
    first = drawn(an_ask(help_first=True)).all("button")[0]
    assert first.get("value") == "next"


def test_while_a_call_runs_110_stands_once_and_where_one_is_before_the_rest() -> None:
    lines = (
        Paragraph(text=own("Calling"), strong=True),
        CallLine(label=own("Police"), phone="110"),
        CallLine(label=own("Manager"), phone="1"),
    )
    page = Page(PAGES.case(a_call(card=CARD.model_copy(update={"body": lines}))))
    assert len(page.all("a", href="tel:110")) == 1 and page.one("a", href="tel:1")


def test_whom_to_phone_while_nobody_comes_stands_above_the_question_where_the_caller_is() -> None:
    stands, away = own("Nobody comes: phone"), own("Step away")
    number = CallLine(label=own("Manager"), phone="03-0000-0101")
    body = (Paragraph(text=stands), number, Paragraph(text=away), *CARD.body)
    html = PAGES.case(a_call("en", card=CARD.model_copy(update={"body": body})))
    where = CATALOGUE.text(say("web.where.said", place=own("Till")), "en")
    order = [html.index(each) for each in ("Nobody comes", "03-0000-0101", "Step away", where)]
    assert order == sorted(order)


@in_every_language
def test_the_number_of_a_call_is_called_a_calls(language: str) -> None:
    for is_call, key in ((True, "web.call_id"), (False, "web.case_id")):
        page = Page(PAGES.case(a_call(language, is_call=is_call)))
        (line,) = (tag for tag in page.all("p") if tag.get("class") == "id")
        parts = [read(CATALOGUE.text(say(key), language)), a_call().public_id]
        assert "".join(read(line.text).split()) == "".join("".join(parts).split())


@in_every_language
def test_after_a_call_a_button_leads_to_the_checklist(language: str) -> None:
    over = a_call(language, card=CARD.model_copy(update={"may_check": True}), calling=False)
    assert Page(PAGES.case(over)).one("button", value="check").get("formaction") == "/check"
    assert not Page(PAGES.case(a_call(language))).all("button", value="check")


@in_every_language
def test_the_rules_fold_and_every_number_stands_above_the_folds(language: str) -> None:
    page = employee_pages(language)["policy"]
    folds = page.all("details")
    assert len(folds) > 12 and not [fold for fold in folds if "open" in fold.attributes]
    numbers = [tag for tag in page.all("a") if str(tag.get("href")).startswith("tel:")]
    inside = [tag for tag in numbers if any(outer.name == "details" for outer in tag.inside)]
    assert numbers and not inside


def test_a_receipt_that_fitted_nothing_stays_to_be_put_right() -> None:
    page = ReceiptPage("ja", NOW, "", say("receipt.not_found"), "12345 6789<")
    assert Page(PAGES.come_back(page)).one("input", name="receipt").get("value") == "12345 6789<"


def test_what_was_typed_is_text_wherever_it_stands() -> None:
    field = TextField(id="name", label=own("Name"), max_characters=80)
    ask = an_ask(
        title=say("desk.title", id=Verbatim(text=POISON), urgency=own("now")),
        fields=(*an_ask().fields, field),
        find=TextField(id="find", label=own("Find"), max_characters=60),
        found=(),
    )
    typed = {"words": POISON, "name": POISON, "find": POISON}
    pages = [
        drawn(ask, problem=Verbatim(text=POISON), typed=typed),
        Page(PAGES.case(a_case())),
        Page(PAGES.channel(a_channel())),
        Page(PAGES.details(details())),
    ]
    for page in pages:
        assert len(page.all("script")) <= 2 and "<script>alert" not in page.html
        assert not [tag for tag in page.tags if "onclick" in tag.attributes]
        assert "\x00" not in page.html and "\x02" not in page.html and "\x03" not in page.html
        assert "{key}" in page.html


def test_typed_text_in_a_sentence_cannot_turn_the_direction_of_the_rest() -> None:
    page = Page(PAGES.case(a_case()))
    marked = [tag for tag in page.tags if "\u202e" in tag.text and tag.name in ("bdi", "textarea")]
    assert marked
    outside = re.sub(r"<bdi>.*?</bdi>", "", page.html, flags=re.S)
    assert "\u202e" not in outside


def test_typed_text_comes_back_whole_with_its_first_empty_line() -> None:
    page = drawn(an_ask(), typed={"words": "\nline"}, problem=own("Again"))
    assert ">\n\nline</textarea>" in page.html


def test_long_text_is_never_cut_by_the_browser() -> None:
    page = drawn(an_ask())
    assert "maxlength" not in page.html
    assert "20,000" in page.html


def test_a_folded_group_can_be_reached_and_stands_open_once_used() -> None:
    closed = drawn(an_ask()).one("details")
    assert "open" not in closed.attributes and "Folded" in closed.text
    used = drawn(an_ask(), chosen={"folded": ("c",)}, problem=own("Again"))
    assert "open" in used.one("details").attributes
    assert "checked" in used.one("input", name="g.folded", value="c").attributes


def test_a_folded_field_is_named_once_and_stands_open_once_used() -> None:
    field = TextField(id="number", label=own("Number"), max_characters=20, folded=True)
    ask = an_ask(groups=(), fields=(field,))
    closed = drawn(ask)
    assert "open" not in closed.one("details").attributes
    assert closed.one("label").attributes["class"] == "unseen"
    assert closed.one("label").attributes["for"] == closed.one("input", name="t.number").get("id")
    used = drawn(ask, typed={"number": "QRT7K4M"}, problem=own("Again"))
    assert "open" in used.one("details").attributes
    assert used.one("input", name="t.number").attributes["value"] == "QRT7K4M"


def test_a_field_that_is_wrong_says_so_and_leads_to_the_reason() -> None:
    field = TextField(id="number", label=own("Number"), hint=own("7"), max_characters=20)
    ask = an_ask(groups=(), fields=(field,))
    right = drawn(ask).one("input", name="t.number").attributes
    assert "aria-invalid" not in right and right["aria-describedby"] == "hint.t.number"
    page = drawn(ask.with_wrong("number"), typed={"number": "QRT"}, problem=own("Again"))
    wrong = page.one("input", name="t.number").attributes
    assert wrong["aria-invalid"] == "true"
    reasons = wrong["aria-describedby"].split()
    assert [page.one("p", id=reason).text.split()[0] for reason in reasons] == ["Again", "7"]
    others = drawn(ask.with_wrong("words"), problem=own("Again")).one("input", name="t.number")
    assert "aria-invalid" not in others.attributes


def test_a_hint_that_says_what_it_looks_like_counts_no_characters() -> None:
    for shaped in (True, False):
        field = TextField(
            id="number", label=own("Number"), hint=own("7"), max_characters=19, shaped=shaped
        )
        hint = drawn(an_ask(groups=(), fields=(field,))).one("p", id="hint.t.number").text
        assert ("19" in hint) is not shaped


def test_after_a_problem_only_what_was_ticked_is_ticked() -> None:
    group = an_ask().groups[0].model_copy(update={"chosen": ("a",)})
    ask = an_ask(groups=(group,))
    assert "checked" in drawn(ask).one("input", value="a").attributes
    assert "checked" not in drawn(ask, problem=own("Again")).one("input", value="a").attributes


def test_a_problem_is_announced_before_the_questions() -> None:
    page = drawn(an_ask(), problem=own("Choose one"))
    problem = page.one("p", id="problem")
    assert problem.get("role") == "alert" and problem.text == "Choose one"
    assert page.tags.index(problem) < page.tags.index(page.all("fieldset")[0])


def test_a_search_shows_only_what_it_found() -> None:
    finding = replay(talk, MANY_SITES, ["help"])
    assert isinstance(finding, Asking)
    page = drawn(finding.ask, typed={"find": "Shop 3"})
    answers = [b.get("value") for b in page.all("button") if "answer" in b.get("class")]
    assert answers == ["s3"]
    assert page.one("input", type="search").get("value") == "Shop 3"
    assert page.one("button", value="find").get("formaction") == ""


def test_a_search_without_a_match_says_so() -> None:
    ask = an_ask(find=TextField(id="find", label=own("F"), max_characters=9), found=())
    assert drawn(ask, "en", typed={"find": "x"}).one("p", role="status").text
    assert not drawn(ask, "en").all("p", role="status")


@in_every_language
def test_the_language_can_be_changed_and_the_present_one_is_marked(language: str) -> None:
    page = drawn(an_ask(), language)
    buttons = {b.get("value"): b for b in page.all("button", formaction="/language", name="to")}
    assert tuple(buttons) == LANGUAGES
    assert [v for v, b in buttons.items() if b.get("aria-current") == "true"] == [language]
    assert page.one("input", name="lang").get("value") == language


def test_back_is_offered_only_where_it_leads_somewhere() -> None:
    assert drawn(an_ask(), can_go_back=True).one("button", formaction="/back")
    assert not drawn(an_ask(), can_go_back=False).all("button", formaction="/back")


def test_the_first_card_leads_to_what_was_sent_and_to_the_policy() -> None:
    page = drawn(next(asks()), "en")
    doors = {a.get("href") for a in page.all("a")}
    assert {"/case/open?lang=en&site=poster", "/policy?lang=en&site=poster"} <= doors
    assert len(page.all("button", value="help")) == 1


@pytest.mark.parametrize("hard", [False, True])
def test_whoever_comes_back_to_a_question_reads_it_before_the_rest(hard: bool) -> None:
    lines = (Paragraph(text=own("You can talk")), CallLine(label=own("Line"), phone="0120"))
    card = Card(
        title=own("What you sent"),
        body=(
            *(lines if hard else ()),
            Paragraph(text=own("Delivered")),
            Heading(text=own("So far")),
            Paragraph(text=own("No harm")),
            Heading(text=own("How are you?")),
            Paragraph(text=own("Do you sleep?")),
        ),
        buttons=(
            Button(label=own("Well"), press=press(Verb.CHECKED_IN, "well")),
            Button(label=own("Came"), press=press(Verb.CARE_HAPPENED), under=own("Has care come?")),
        ),
    )
    text = Page(PAGES.case(a_case(card=card))).one("div", id="live").text
    order = ["How are you?", "Do you sleep?", "Well", "Delivered", "No harm", "Has care", "Came"]
    expected = [*(["You can talk", "0120"] if hard else []), *order]
    assert [word for _, word in sorted((text.index(word), word) for word in expected)] == expected
    assert text.count("How are you?") == 1 and text.count("Well") == 1


def test_a_receipt_is_shown_in_groups_of_five() -> None:
    page = Page(PAGES.case(a_case()))
    keep = page.one("p", **{"class": "code"})
    assert keep.text == "12345 67890 12345 67890 12345"


def test_what_changes_on_a_case_s_page_holds_no_pass_and_nothing_to_type() -> None:
    fragment = PAGES.case_fragment(a_case())
    assert "Card" in fragment and PASS not in fragment and RECEIPT not in fragment
    assert not Page(fragment).all("textarea")
    assert fragment in PAGES.case(a_case())


def test_whom_to_phone_changes_with_a_calls_page_and_stands_on_it_once() -> None:
    phone = CallLine(label=own("Manager"), phone="03-0000-0101")
    page = a_call(card=Card(title=own("Call"), after=(phone,)), is_call=True)
    shown = PAGES.case_fragment(page)
    assert "03-0000-0101" in shown and shown in PAGES.case(page)
    assert PAGES.case(page).count("03-0000-0101") == shown.count("03-0000-0101")


def test_a_receipt_stays_with_every_press_on_its_page() -> None:
    assert Page(PAGES.case(a_case())).one("input", name="receipt").get("value") == RECEIPT
    assert not Page(PAGES.case(a_call())).all("input", name="receipt")


@in_every_language
def test_while_a_call_runs_the_large_key_is_110_and_not_help_again(language: str) -> None:
    page = Page(PAGES.case(a_call(language)))
    (key,) = [tag for tag in page.tags if [o.get("class") for o in tag.inside][-1:] == ["keys"]]
    assert (key.name, key.get("href")) == ("a", "tel:110")
    assert key.text.endswith("110") and len(key.text.strip()) > len("110")
    assert not page.all("button", value="help")
    # The bar's number is there already: the words about a lost connection have none of their own.
    assert not [a for a in page.all("a") if page.one("div", id="trouble") in a.inside]


def test_the_part_that_changes_says_whether_the_call_still_runs() -> None:
    assert "data-calling" in PAGES.case_fragment(a_call())
    assert "data-calling" not in PAGES.case_fragment(a_case())


def test_what_a_press_did_is_said_above_everything_and_stays_while_the_rest_changes() -> None:
    page = Page(PAGES.case(a_call()))
    notice = page.one("p", id="notice")
    assert (notice.text, notice.get("role")) == ("Thank you", "status")
    assert page.one("div", id="live") not in notice.inside and page.one("main") in notice.inside
    assert page.tags.index(notice) < page.tags.index(page.one("h1"))
    assert not Page(PAGES.case(a_case())).all("p", id="notice")


@pytest.mark.parametrize("refused", [True, False])
def test_a_press_that_changed_nothing_does_not_look_like_a_success(refused: bool) -> None:
    """In the demo's channels: that a case cannot be closed yet is no green line."""
    shown = replace(details(), notice=own("Not yet"), refused=refused)
    for html in (PAGES.details(shown), PAGES.channel(replace(a_channel(), refused=refused))):
        (notice,) = [p for p in Page(html).all("p") if "notice" in (p.get("class") or "")]
        assert ("refused" in (notice.get("class") or "")) is refused
        assert "said" in (notice.get("class") or "").split(), "each on a line of its own"


def test_that_news_may_be_missing_stands_where_it_is_always_seen() -> None:
    stale = Page(PAGES.case(a_case())).one("p", id="stale")
    assert stale.inside[-1].get("class") == "bar" and "hidden" in stale.attributes


@in_every_language
def test_a_lost_connection_has_other_words_for_a_call_for_help(language: str) -> None:
    for name, page in employee_pages(language).items():
        trouble = page.one("div", id="trouble")
        assert "hidden" in trouble.attributes and trouble.get("role") == "alert", name
        for id, key in (("unsent", "web.trouble"), ("uncalled", "web.trouble.help")):
            (words,) = [tag for tag in page.tags if tag.get("id") == id]
            assert trouble in words.inside, name
            assert CATALOGUE.text(say(key), language) in read(words.text), name


def test_exactly_the_presses_that_call_for_help_are_marked_as_such() -> None:
    special = {"safe": {"help", "d"}, "site": {"s3"}, "call": set()}
    for name, page in employee_pages("ja").items():
        assert calls_for_help(page) == special.get(name, {"help"}), name
    # Where the site is all that the call still needs, it is the call, and another Help would only
    # draw the same screen again; in a report it is not.
    scene = Scene(policy=POLICY, sites=(site(1), site(2)))
    calling = drawn(next(choose_site(scene, say("site.for_help"))))
    assert calls_for_help(calling) == {"s1", "s2"}
    assert calls_for_help(drawn(next(choose_site(scene)))) == {"help"}


def calls_for_help(page: Page) -> set[str]:
    return {b.get("value") for b in page.all("button") if "data-calls" in b.attributes}


def test_what_is_still_to_come_is_said_in_words() -> None:
    line = Page(PAGES.case(a_case("en"))).one("li", **{"class": "ahead"})
    assert "not yet" in line.text


def test_a_phone_number_is_a_link() -> None:
    assert Page(PAGES.case(a_case())).one("a", href="tel:%238891").text.endswith("#8891")
    assert Page(PAGES.case(a_case())).all("a", href="tel:110")


def test_the_call_to_make_now_is_drawn_large() -> None:
    lines = (
        CallLine(label=own("A"), phone="110", strong=True),
        CallLine(label=own("B"), phone="1"),
    )
    page = Page(PAGES.case(a_case(card=CARD.model_copy(update={"body": lines}))))
    assert page.one("a", href="tel:110", **{"class": "call now"}).text.startswith("A")
    assert page.one("a", href="tel:1").get("class") == "call"


def test_a_channel_mentions_the_people_it_knows_and_no_ids() -> None:
    page = Page(PAGES.channel(a_channel()))
    mentions = [tag.text for tag in page.all("span", **{"class": "mention"})]
    assert mentions == ["@Tanaka", "@Sato"]
    assert "gone" not in page.html


def test_a_channel_is_pressed_as_the_person_chosen() -> None:
    page = Page(PAGES.channel(a_channel()))
    presses, duty = page.all("form")
    assert presses.get("action") == "/demo/site/s1/press"
    assert duty.get("action") == "/demo/site/s1/duty"
    assert {field.get("value") for field in page.all("input", name="as")} == {"sato"}
    assert page.one("a", aria_current="true").get("href").startswith("/demo/site/s1?as=sato")
    assert PAGES.channel_fragment(a_channel()) in page.html


def test_only_a_duty_of_the_desk_can_be_done_from_the_details() -> None:
    page = Page(PAGES.details(details()))
    values = [b.get("value") for b in page.all("button", name="press")]
    wrote = code(CARD.compose.button.press) if CARD.compose else ""
    assert values == ["open_file.0", "duty_done.", wrote, "measure.", "respond.warn", "close."]


@in_every_language
def test_the_details_say_once_what_the_flow_says_of_being_opened(language: str) -> None:
    line = Paragraph(text=say("details.opened_is_logged"))
    page = Page(PAGES.details(details(language, elements=(line,))))
    text = CATALOGUE.text(say("details.opened_is_logged"), language)
    assert read(page.one("main").text).count(text) == 1
    assert not page.all("p", **{"class": "notice"})


READINGS = say(
    "desk.taken_by", name=Own(ja="-", en="-", ja_simple="佐々木（ささき）"), at=own("時")
)


def test_plain_japanese_has_its_readings_above_the_words() -> None:
    words = Words(CATALOGUE, "ja_simple")
    drawn_as = "<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>".format
    assert drawn_as("佐々木", "ささき") in words.markup(READINGS)
    helps = drawn_as("助", "たす") + "\N{WORD JOINER}けを" + drawn_as("呼", "よ")
    assert words.own("web.help") == helps + "\N{WORD JOINER}ぶ"
    high = str(words.own("result.strong.title")).rpartition("</ruby>")[2]
    assert high == "".join("\N{WORD JOINER}" + each for each in "いです"), "no line parts it"
    # Nothing else in brackets is a reading.
    for text in ("新宿店（カフェ）", "たしかめる（まだ）", "警察（緊急）", "言葉（ことば"):
        assert words.markup(own(text)) == text


def test_readings_are_drawn_only_in_plain_japanese_and_never_as_plain_text() -> None:
    assert "佐々木（ささき）" in Words(CATALOGUE, "ja_simple").plain(READINGS)
    text = own("漢字（かんじ）")
    assert all(Words(CATALOGUE, name).markup(text) == "漢字（かんじ）" for name in ("ja", "en"))


def test_what_was_typed_is_never_taken_for_a_reading() -> None:
    words = Words(CATALOGUE, "ja_simple")
    typed = Verbatim(text="店長（ばか）")
    assert words.markup(typed) == "<bdi>店長（ばか）</bdi>"
    sentence = say("desk.taken_by", name=Verbatim(text="漢字"), at=own("（かな）"))
    assert "<ruby>漢字" not in words.markup(sentence)
    assert "<bdi>漢字</bdi>" in words.markup(sentence)


def test_no_reading_is_drawn_where_only_text_can_stand() -> None:
    for name, page in every_page("ja_simple").items():
        assert "<" not in page.one("title").text, name
        for tag in page.tags:
            assert not [a for a, value in tag.attributes.items() if "<r" in value], (name, tag.name)


def test_no_reading_is_torn_from_its_sentence_by_a_link_or_button_laid_out_in_a_row() -> None:
    for name, page in every_page("ja_simple").items():
        assert page.all("ruby") or name == "memo", name
        for ruby in page.all("ruby"):
            around = ruby.inside[-1]
            in_a_row = around.name in ("a", "summary") or "answer" in around.get("class").split()
            assert not in_a_row, (name, ruby.text)


@in_every_language
def test_the_demo_says_how_to_begin_and_whom_one_plays(language: str) -> None:
    pages = every_page(language)
    steps = pages["demo"].one("details")
    assert "open" in steps.attributes
    assert len([li for li in pages["demo"].all("li") if steps in li.inside]) == 5
    channel = pages["channel"].one("nav", **{"class": "acting"})
    assert read(channel.get("aria-label")) == CATALOGUE.text(say("web.channel.acting"), language)


@in_every_language
def test_the_poster_stands_alone_with_its_code_and_the_address_to_type(language: str) -> None:
    page = Page(
        poster_page(
            CATALOGUE,
            site_name=own("Shop <1>"),
            url="https://memo.example/s/abc",
            policy_title=own("Policy"),
            language=language,
        )
    )
    assert page.all("svg") and page.one("b").text == "110"
    assert page.one("p", **{"class": "address"}).text == "memo.example/s/abc"
    assert not [t for t in page.tags if t.get("src") or t.get("href")]
    assert "Shop &lt;1&gt;" in page.html
    title = say("web.poster.title")
    for name in LANGUAGES:
        assert Words(CATALOGUE, name).markup(title) in page.html


@in_every_language
def test_a_poster_into_the_chat_does_not_promise_that_no_account_is_needed(language: str) -> None:
    page = Page(
        poster_page(
            CATALOGUE,
            site_name=None,
            url="https://chat.example/l/1",
            policy_title=own("Policy"),
            language=language,
        )
    )
    assert page.one("p", **{"class": "address"}).text == "chat.example/l/1"
    for name in LANGUAGES:
        words = Words(CATALOGUE, name)
        assert words.markup(say("web.poster.chat")) in page.html
        assert words.markup(say("web.poster.free")) not in page.html


@in_every_language
def test_the_way_home_and_back_from_the_memo_keeps_the_language(language: str) -> None:
    for page in (Page(PAGES.memo(language, "poster")), Page(PAGES.case(a_call(language)))):
        assert "/s/poster?lang=" + language in [link.get("href") for link in page.all("a")]


@in_every_language
def test_who_leaves_the_page_of_a_call_reads_that_the_call_goes_on(language: str) -> None:
    for is_call in (True, False):
        page = Page(PAGES.case(a_call(language, is_call=is_call)))
        leaving = read(page.one("p", id="leaving").text)
        assert read(CATALOGUE.text(say("web.leaving"), language)) in leaving
        goes_on = read(CATALOGUE.text(say("web.leaving.call"), language))
        assert (goes_on in leaving) is is_call


@in_every_language
def test_a_question_of_its_own_stands_between_the_answers_of_another_and_its_own(
    language: str,
) -> None:
    press = Press(verb=Verb.CHECKED_IN, subject="c" * 32)
    asks = (
        Button(label=own("I am all right"), press=press),
        Button(label=own("Somebody came"), press=press, under=own("Has anybody come?")),
    )
    page = read(PAGES.case(a_case(language, card=Card(title=own("Sent"), buttons=asks))))
    said = ["I am all right", "Has anybody come?", "Somebody came"]
    assert sorted(said, key=page.index) == said


@in_every_language
def test_what_is_to_be_confirmed_is_pressed_inside_of_a_question_that_stands_folded(
    language: str,
) -> None:
    press = Press(verb=Verb.WITHDRAW, subject="c" * 32)
    asked = Confirm(question=own("Take it back?"), text=own("So"), yes=own("Yes"), back=own("No"))
    button = Button(label=own("Take back"), press=press, confirm=asked)
    drawn = PAGES.case(a_case(language, card=Card(title=own("Sent"), buttons=(button,))))
    (folded,) = re.findall(r'<details class="confirm">(.*?)</details>', drawn, re.DOTALL)
    stands = re.findall(r">([^<>]*\w[^<>]*)<", folded)
    assert stands == ["Take back", "Take it back?", "So", "Yes", "No"]
    code = re.findall(r'<button[^>]*name="press"[^>]*>', drawn)
    assert len(code) == 1 and code[0] in folded, "the yes alone presses anything"


def test_on_a_home_screen_the_page_is_a_memo() -> None:
    manifest = webmanifest("poster", "ja")
    assert (manifest["name"], manifest["start_url"]) == ("メモ", "/s/poster?lang=ja")
    assert webmanifest("", "en")["start_url"] == "/?lang=en"


def test_without_a_poster_the_way_home_is_the_start() -> None:
    page = MessagePage(own("Again"), (), "ja", NOW, "", True, ())
    assert 'href="/start?lang=ja"' in Pages(CATALOGUE, "v1", start="/start").message(page)


def test_the_pages_own_sentences_exist_in_every_language() -> None:
    keys = [{k for k in CATALOGUE.keys(name) if k.startswith("web.")} for name in LANGUAGES]
    assert keys[0] == keys[1] == keys[2]
