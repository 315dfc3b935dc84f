"""What answers a screen of a conversation: its options, a search, and the first screen's doors."""

from adapters.teams.fields import text_field
from adapters.teams.navigation import carried
from adapters.teams.parts import Part, Parts, choice_row, note, row, submit
from adapters.teams.screens import AskView, Kept
from adapters.teams.words import Words
from flows.phrases import say
from flows.screens import Ask, Option, Style


def answers(words: Words, view: AskView) -> Parts:
    """One tap each: a line where the answers are the question, a button below inputs."""
    ask = view.ask
    shown = [one for one in ask.buttons if ask.found is None or one.code in ask.found]
    main = _main(ask)
    if main is not None:
        ordered = [main, *(one for one in shown if one is not main)]
        return row([_answer(words, view.kept, one, positive=one is main) for one in ordered])
    return [
        choice_row(
            words.text(one.label),
            words.text(one.hint) if one.hint else None,
            _answer(words, view.kept, one),
            strong=one.style in (Style.HELP, Style.PRIMARY),
        )
        for one in shown
    ]


def _main(ask: Ask) -> Option | None:
    """The answer that goes on from a screen with something to fill in."""
    if not ask.groups and not ask.fields:
        return None
    primary = [one for one in ask.buttons if one.style is Style.PRIMARY]
    return (primary or list(ask.buttons))[0]


def _answer(words: Words, kept: Kept, one: Option, *, positive: bool = False) -> Part:
    data = carried(kept, "answer", b=one.code)
    return submit(words.text(one.label), data, positive=positive)


def search(words: Words, view: AskView) -> Parts:
    """A field to look for an option by its name, and a word when there is none."""
    find = view.ask.find
    if find is None:
        return []
    typed = view.typed.get(find.id, "")
    nothing = not view.ask.found and typed.strip()
    search = submit(words.text(say("teams.find")), carried(view.kept, "answer", b=find.id))
    return [
        *text_field(words, find, typed),
        *row([search]),
        *([note(words.text(say("teams.find.none")))] if nothing else []),
    ]


def doors(words: Words, kept: Kept) -> Parts:
    """From the first screen: to what was sent, and to our policy."""
    return row(
        [
            submit(words.text(say("teams.sent")), carried(kept, "sent")),
            submit(words.text(say("teams.policy")), carried(kept, "policy")),
        ]
    )
