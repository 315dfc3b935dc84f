"""What somebody left when they called for help, and what they had written: it travels with their
views alone, until they come back to it.

Of a conversation that is its sealed list, of the page of a report its pass and its receipt: it
may be the only way back to an unnamed report, and nobody may have copied it yet.
"""

from collections.abc import Mapping
from dataclasses import replace

from adapters.slack.composing import LETTER, composed
from adapters.slack.fields import INPUT_CHARACTERS
from adapters.slack.inbound import Shown
from adapters.slack.screens import Kept
from bot.sealed_lists import Visitor
from flows.report import NAME, WORDS
from flows.tie import TIES


def written(typed: Mapping[str, str]) -> dict[str, str]:
    """What was written and not sent yet: for a report, or to the desk on a page that was left."""
    names = (WORDS, NAME, *TIES, LETTER)
    return {name: typed[name] for name in names if typed.get(name, "").strip()}


def letter(typed: Mapping[str, str]) -> str:
    """What is typed to the desk on the page of a report."""
    return typed.get(composed("0"), "")


def letter_alone(kept: Kept, typed: Mapping[str, str]) -> str:
    """A letter to the desk that belongs to no page of a report: it waits for one to be opened."""
    return letter(typed) or ("" if kept.left_pass else typed.get(LETTER, ""))


def leaving_letter(shown: Shown) -> Shown:
    """Away from where receipts are typed: a letter that waits there goes along."""
    if not letter(shown.typed):
        return shown
    both = (shown.typed.get(LETTER, ""), letter(shown.typed))
    typed = {**shown.typed, LETTER: "\n\n".join(filter(None, both))[:INPUT_CHARACTERS]}
    return replace(shown, kept=shown.kept.emptied(LETTER), typed=typed)


def leaving_report(shown: Shown) -> Shown:
    """Away from the page of a report: what it held goes along, with half a letter on it."""
    kept = replace(
        shown.kept,
        pass_token="",
        receipt="",
        left_pass=shown.kept.pass_token,
        left_receipt=shown.kept.receipt,
    )
    typed = {**shown.typed, LETTER: letter(shown.typed)}
    return replace(shown, kept=kept.emptied(LETTER), typed=typed)


def back_on_report(shown: Shown) -> Shown:
    """The page that was left last, as it was."""
    kept = replace(
        shown.kept,
        pass_token=shown.kept.left_pass,
        receipt=shown.kept.left_receipt,
        left_pass="",
        left_receipt="",
    )
    letters = {composed("0"): shown.typed.get(LETTER, ""), LETTER: letter(shown.typed)}
    typed = {**shown.typed, **letters}
    return replace(shown, kept=kept.emptied(composed("0")), typed=typed)


def to_the_other_report(shown: Shown) -> Shown:
    """From the page of one report to that of the other, which then leads back here."""
    here, other = leaving_report(shown), back_on_report(shown)
    left = replace(other.kept, left_pass=here.kept.left_pass, left_receipt=here.kept.left_receipt)
    typed = {**other.typed, LETTER: here.typed[LETTER]}
    return replace(other, kept=left.emptied(LETTER), typed=typed)


def holding(shown: Shown) -> Shown:
    """The same for another screen, where what is chosen on this one was no answer yet."""
    chosen = {name: codes for name, codes in shown.chosen.items() if codes}
    return replace(shown, kept=replace(shown.kept, held={**shown.kept.held, **chosen}))


def way_back(visitor: Visitor, shown: Shown | None) -> Kept:
    """What a view carries of what a call for help interrupted."""
    kept = shown.kept.way_back if shown else Kept("")
    return replace(kept, language=visitor.language)
