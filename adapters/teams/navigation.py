"""The buttons that every dialog has: Help and Back, parts of something long, languages, later."""

from dataclasses import replace

from adapters.teams.parts import Parts, row, submit
from adapters.teams.screens import Kept
from adapters.teams.words import Words
from bot.catalogue import LANGUAGE_NAMES
from flows.phrases import say


def carried(kept: Kept, do: str, **more: str) -> dict[str, object]:
    """What a button carries: what it does, and what travels with the dialog."""
    return {"do": do, **kept.pack(), **more}


def ways(words: Words, kept: Kept, *, help_: bool, back: bool) -> Parts:
    """Help and Back, in the same place on every screen."""
    made = []
    if help_:
        made.append(submit(words.text(say("teams.help")), carried(kept, "help"), positive=True))
    if back:
        made.append(submit(words.text(say("teams.back")), carried(kept, "back")))
    return row(made)


def elsewhere(words: Words, kept: Kept) -> Parts:
    """The way to call for help to another site than this call's."""
    return row([submit(words.text(say("help.elsewhere")), carried(kept, "elsewhere"))])


def last_row(words: Words, kept: Kept, do: str, *, later: bool) -> Parts:
    """The same screen in another language, and the way to go on later."""
    buttons = [
        submit(name, carried(replace(kept, language=code), do))
        for code, name in LANGUAGE_NAMES
        if code != kept.language
    ]
    if later:
        buttons.append(submit(words.text(say("teams.later")), carried(kept, "later")))
    return row(buttons)


def turning(words: Words, more: tuple[Kept, str], number: int, count: int) -> Parts:
    """The ways to the parts before and after this one."""
    kept, do = more
    buttons = []
    if number:
        before = words.text(say("teams.before"))
        buttons.append(submit(before, carried(replace(kept, page=number - 1), do)))
    if number + 1 < count:
        after = f"{words.text(say('teams.more'))} ({number + 2}/{count})"
        buttons.append(submit(after, carried(replace(kept, page=number + 1), do)))
    return row(buttons)
