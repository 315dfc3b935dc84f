"""`mamori policy check` and `mamori policy show`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from bot.catalogue import Catalogue
from bot.packs import PackError, builtin_pack, builtin_pack_ids, read_pack
from flows.phrases import Phrase
from flows.policy import Policy
from flows.policy_page import customer_poster, policy_page
from flows.screens import (
    Bullets,
    CallLine,
    Element,
    Facts,
    Heading,
    LinkLine,
    Paragraph,
    Said,
    Timeline,
)


def check_packs(paths: Sequence[str | Path], out: TextIO) -> int:
    """One line for each sound pack, one for each problem; 1 when there is any problem."""
    failed = False
    for path in paths:
        try:
            policy = read_pack(Path(path))
        except PackError as error:
            failed = True
            print(error, file=out)
        else:
            print(_sound(policy), file=out)
    return int(failed)


def show_pack(path_or_id: str | Path, language: str, poster: bool, out: TextIO) -> int:
    """The pack as its readers see it, in plain text; 1 when it cannot be shown."""
    catalogue = Catalogue.load()
    if language not in catalogue.languages:
        known = ", ".join(catalogue.languages)
        print(f'"{language}" is not a language here. Use one of {known}.', file=out)
        return 1
    try:
        policy = _find(path_or_id)
    except PackError as error:
        print(error, file=out)
        return 1
    elements = customer_poster(policy) if poster else policy_page(policy)
    for line in _lines(elements, catalogue, language):
        print(line, file=out)
    return 0


def _sound(policy: Policy) -> str:
    acts = sum(policy.is_active(act) for act in policy.acts)
    return f"OK {policy.id}: {acts} acts, {len(policy.commitments)} commitments"


def _find(path_or_id: str | Path) -> Policy:
    """A pack of the product by its id, any other by its file."""
    if str(path_or_id) in builtin_pack_ids():
        return builtin_pack(str(path_or_id))
    return read_pack(Path(path_or_id))


def _lines(elements: Sequence[Element], catalogue: Catalogue, language: str) -> Iterator[str]:
    def text(phrase: Phrase) -> str:
        return catalogue.text(phrase, language)

    for element in elements:
        match element:
            case Heading():
                yield f"\n# {text(element.text)}"
            case Paragraph():
                yield text(element.text)
            case Bullets():
                yield from (f"- {text(item)}" for item in element.items)
            case Facts():
                yield from (f"{text(fact.label)}: {text(fact.value)}" for fact in element.items)
            case CallLine(label=label, phone=where) | LinkLine(label=label, url=where):
                yield f"{text(label)}: {where}"
            case Said():
                yield f"{text(element.who)}: {text(element.text)}"
            case Timeline():
                yield from (text(item.what) for item in element.items)
