"""The parts of a view: its row of Help, Back and Language, its answers, what is pressed."""

from collections.abc import Mapping, Sequence

from adapters.slack.blocks import (
    OPTIONS,
    TITLE,
    Block,
    Blocks,
    actions,
    button,
    confirm,
    context,
    entry,
    header,
    option,
    plain,
    section,
)
from adapters.slack.composing import LETTER
from adapters.slack.elements import draw, paragraph
from adapters.slack.fields import INPUT_CHARACTERS, text_field
from adapters.slack.screens import AskView, CaseView, DetailsView, Kept
from adapters.slack.words import Words
from bot.catalogue import LANGUAGE_NAMES
from bot.own_case import OwnLine
from flows.phrases import Phrase, say
from flows.report import WORDS
from flows.screens import (
    Ask,
    Button,
    Element,
    Option,
    Style,
    TextField,
    asked_apart,
)

_GROUP_OF_DIGITS = 5


def first_card(words: Words, ask: Ask, first: Sequence[Element] = ()) -> Blocks:
    """The first card, as it stands in App Home and in the chat, with what comes before it."""
    answers = [answer_button(words, one, "door") for one in ask.buttons]
    return [
        *header(words.text(ask.title)),
        *draw(words, first),
        *draw(words, ask.body),
        *actions(answers, "answers"),
        *doors(words),
        *draw(words, ask.after),
    ]


def problem_line(words: Words, problem: Phrase | None) -> Blocks:
    return paragraph(words, problem, strong=True) if problem else []


def nav_row(words: Words, kept: Kept, *, own_help: bool, back: bool) -> Blocks:
    """Help, Back and Language, in the same place on every screen."""
    help_ = button(words.text(say("slack.help")), "nav.help", "help", primary=True)
    before = button(words.text(say("slack.back")), "nav.back", "back")
    return actions(
        [*([] if own_help else [help_]), *([before] if back else []), _languages(words, kept)],
        "nav",
    )


def elsewhere(words: Words) -> Blocks:
    """The way to call for help to another site than this call's."""
    return actions(
        [button(words.text(say("help.elsewhere")), "door.elsewhere", "elsewhere")], "elsewhere"
    )


def language_row(words: Words, kept: Kept) -> Blocks:
    return actions([_languages(words, kept)], "nav")


def _languages(words: Words, kept: Kept) -> Block:
    options = [option(name, code) for code, name in LANGUAGE_NAMES]
    here = [one for one in options if one["value"] == kept.language]
    return {
        "type": "static_select",
        "action_id": "nav.language",
        "placeholder": plain(words.text(say("slack.language")), TITLE),
        "options": options,
        **({"initial_option": here[0]} if here else {}),
    }


def main_answer(ask: Ask) -> Option | None:
    """The answer that goes on: it is the modal's own button, which also takes the inputs.

    A screen without inputs has none: there nothing is answered but by its own buttons.
    """
    if not (ask.groups or ask.fields):
        return None
    primary = [one for one in ask.buttons if one.style is Style.PRIMARY]
    return (primary or list(ask.buttons))[0]


def answers(words: Words, view: AskView, main: Option | None) -> Blocks:
    ask = view.ask
    shown = [one for one in ask.buttons if ask.found is None or one.code in ask.found]
    shown = [one for one in shown if one is not main]
    if view.by_submit:
        return _choices(words, ask.step, shown)
    return [
        block
        for number, one in enumerate(shown)
        for block in actions([answer_button(words, one, "answer")], f"answer.{number}")
    ]


def _choices(words: Words, step: str, shown: list[Option]) -> Blocks:
    """The same answers to choose from, for when only the modal's own button can be answered."""
    if not shown:
        return []
    kind = "radio_buttons" if len(shown) <= OPTIONS else "static_select"
    element: Block = {
        "type": kind,
        "action_id": "by_submit",
        "options": [option(_label(words, one), one.code) for one in shown],
    }
    label = words.text(say("slack.choose"))
    return [entry(label, element, f"{step}.by_submit", optional=True)]


def answer_button(words: Words, one: Option, kind: str) -> Block:
    primary = one.style in (Style.PRIMARY, Style.HELP)
    return button(_label(words, one), f"{kind}.{one.code}", one.code, primary=primary)


def _label(words: Words, one: Option) -> str:
    hint = f" · {words.text(one.hint)}" if one.hint else ""
    return words.text(one.label) + hint


def search(words: Words, view: AskView) -> Blocks:
    find, typed = view.ask.find, (view.typed or {})
    if find is None:
        return []
    nothing = not view.ask.found and typed.get(find.id, "").strip()
    search = button(words.text(say("slack.find")), "answer.find", find.id)
    return [
        text_field(words, view.ask.step, find),
        *actions([search], "find"),
        *(context(words.text(say("slack.find.none"))) if nothing else []),
    ]


def written_elsewhere(
    words: Words, written: Mapping[str, str], kept: Kept, ask: Ask | None = None
) -> Blocks:
    """What was written for a report on another screen, under the names that it has on its own.

    A view has nothing unseen that could hold it, so it is seen.
    """
    here = {one.id for one in ask.fields} if ask else set()
    return [
        text_field(
            words,
            "review",
            TextField(
                id=name,
                label=say("talk.own.label" if name == LETTER else "typed.label"),
                max_characters=INPUT_CHARACTERS,
                rows=3 if name in (WORDS, LETTER) else 1,
            ),
            again=kept.again.get(name, 0),
            value=text,
        )
        for name, text in written.items()
        if name not in here
    ]


def left_report(words: Words, kept: Kept) -> Blocks:
    """The way back to the page of a report, where help was called from it."""
    if not kept.left_pass:
        return []
    return actions([button(words.text(say("file.page.back")), "door.left", "left")], "left")


def doors(words: Words) -> Blocks:
    return actions(
        [
            button(words.text(say("slack.sent")), "door.sent", "sent"),
            button(words.text(say("slack.policy")), "door.policy", "policy"),
        ],
        "doors",
    )


def web_page(words: Words, url: str) -> Blocks:
    """What Slack's administrators may see, and beside it the page that knows nobody."""
    link = button(words.text(say("slack.open_web")), "web.open", "web")
    return [
        *context(words.text(say("slack.seen_by_admins"))),
        *actions([{**link, "url": url}], "web"),
    ]


def later(words: Words) -> Blocks:
    return actions([button(words.text(say("slack.later")), "nav.later", "later")], "later")


def pressable(
    words: Words, buttons: Sequence[Button], name: str, view: CaseView | DetailsView
) -> Blocks:
    blocks: Blocks = []
    for part, answers in enumerate(asked_apart(buttons)):
        made = [
            button(
                words.text(one.label),
                f"press.{name}.{part}.{number}",
                view.press_codes(one.press),
                primary=one.style is Style.PRIMARY,
                confirm=_asked_first(words, one),
            )
            for number, one in enumerate(answers)
        ]
        under = answers[0].under
        blocks += paragraph(words, under, strong=True) if under else []
        blocks += actions(made, f"{name}.{part}")
    return blocks


def _asked_first(words: Words, one: Button) -> Block | None:
    asked = one.confirm
    if asked is None:
        return None
    return confirm(*map(words.text, (asked.question, asked.text, asked.yes, asked.back)))


def own_call(words: Words, line: OwnLine | None) -> Blocks:
    """The newest call for help: it opens with one press."""
    if line is None:
        return []
    return actions([button(words.text(line.text), "door.own.call", line.pass_token)], "call")


def own_list(words: Words, lines: Sequence[OwnLine]) -> Blocks:
    """What somebody sent with a name: each opens with one press."""
    if not lines:
        return []
    made = [
        button(words.text(line.text), f"door.own.{number}", line.pass_token)
        for number, line in enumerate(lines)
    ]
    title = section(words.text(say("own.list.title")))
    return [*title, *actions(made, "own"), *context(words.text(say("own.list.text")))]


def receipt_number(words: Words, receipt: str, *, listed: bool) -> Blocks:
    if not receipt:
        return []
    starts = range(0, len(receipt), _GROUP_OF_DIGITS)
    digits = " ".join(receipt[start : start + _GROUP_OF_DIGITS] for start in starts)
    return [
        *header(words.text(say("slack.receipt"))),
        *header(digits),
        *context(words.text(say("own.list.also" if listed else "slack.receipt.only_way"))),
    ]


def files(words: Words, view: DetailsView) -> Blocks:
    """What the reporter added, each with what asks for a link to it."""
    blocks: Blocks = []
    for number, file in enumerate(view.opened.files):
        blocks += section(f"{words.text(file.name)}\n{words.text(file.due)}")
        blocks += pressable(words, file.buttons, f"file.{number}", view)
    return [*header(words.text(say("file.title"))), *blocks] if blocks else []


def steps(words: Words, view: DetailsView) -> Blocks:
    """What the desk can do towards the customer, and how the case ends."""
    blocks: Blocks = []
    if view.opened.responses:
        blocks += header(words.text(say("desk.responses.title")))
        blocks += context(words.text(say("desk.responses.text")))
        blocks += pressable(words, view.opened.responses, "respond", view)
    if view.opened.ending:
        blocks += header(words.text(say("desk.ending.title")))
        blocks += problem_line(words, view.notice if view.at_end else None)
        blocks += pressable(words, view.opened.ending, "end", view)
    return blocks


def owed(words: Words, view: DetailsView) -> Blocks:
    """What is still owed, each with what ends it."""
    blocks: Blocks = []
    for number, duty in enumerate(view.opened.duties):
        blocks += section(f"{words.text(duty.name)}\n{words.text(duty.due)}")
        blocks += pressable(words, duty.buttons, f"duty.{number}", view)
    return [*header(words.text(say("slack.owed"))), *blocks] if blocks else []
