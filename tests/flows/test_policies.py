"""The built-in packs: complete, in both languages, and every promise does something."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from bot.catalogue import Catalogue
from bot.packs import builtin_pack, builtin_pack_ids
from flows.acts import ACTS, ALWAYS_ACTIVE, Chip, Runbook
from flows.commitments import COMMITMENTS
from flows.definition import CRITERIA, DEFINITION_ELEMENTS
from flows.phrases import Listed, Own, Phrase, Say
from flows.policy import Policy, RunbookWording, Tier
from flows.policy_page import POSTER_ORDER, customer_poster, policy_page, runbook_card
from flows.screens import CallLine, Element
from tests.flows.test_words import READING

DOCS = Path(__file__).parents[2] / "docs" / "policies.md"
PACKS = {id: builtin_pack(id) for id in builtin_pack_ids()}
SEEDS = ("digitalcube", "kiwaseisakujo", "gmo", "bengo4", "hennge")
EVERY_PACK = pytest.mark.parametrize("policy", PACKS.values(), ids=list(PACKS))
CATALOGUE = Catalogue.load()

KNOWN_IDS = {*DEFINITION_ELEMENTS, *CRITERIA, *ACTS, *COMMITMENTS}


def rows(pack: str) -> list[tuple[str, set[str]]]:
    """The lines of a pack's table on the page, each with the ids that it names."""
    section = DOCS.read_text(encoding="utf-8").split(f"(`{pack}`)\n", 1)[1].split("\n## ", 1)[0]
    found = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not set(line) <= set("|- ") and cells[1] != "id":
            assert len(cells) == 3 and all(cells), line
            found.append((line, set(re.findall(r"`([a-z_.]+)`", cells[1]))))
    return found


def ids_of(policy: Policy) -> set[str]:
    header = {"header.established"} if policy.header.established else set()
    header |= {"header.owner"} if policy.header.owner else set()
    header |= {"header.signed_by"} if policy.header.signed_by else set()
    acts = {act for act in policy.acts if policy.is_active(act)}
    contacts = {f"contacts.{id}" for id in policy.contacts}
    own = {*policy.definition, *policy.criteria, *policy.commitments}
    return acts | own | header | contacts


def wordings(value: object) -> Iterator[Own]:
    match value:
        case Own():
            yield value
        case dict():
            for item in value.values():
                yield from wordings(item)
        case tuple() | list():
            for item in value:
                yield from wordings(item)
        case BaseModel():
            for name in type(value).model_fields:
                yield from wordings(getattr(value, name))


def keys_in(value: object) -> Iterator[str]:
    match value:
        case Say():
            yield value.key
        case dict():
            for item in value.values():
                yield from keys_in(item)
        case tuple() | list():
            for item in value:
                yield from keys_in(item)
        case BaseModel():
            for name in type(value).model_fields:
                yield from keys_in(getattr(value, name))


def read_aloud(elements: tuple[Element, ...], language: str = "en") -> str:
    """Everything of the elements that is text, one phrase a line."""
    return "\n".join(CATALOGUE.text(phrase, language) for phrase in top_phrases(elements))


def top_phrases(value: object) -> Iterator[Phrase]:
    match value:
        case Say() | Own() | Listed():
            yield value
        case tuple():
            for item in value:
                yield from top_phrases(item)
        case BaseModel():
            for name in type(value).model_fields:
                yield from top_phrases(getattr(value, name))


def test_there_is_a_pack_for_each_published_policy_and_the_standard_pack_comes_first() -> None:
    assert builtin_pack_ids()[0] == "standard"
    assert set(builtin_pack_ids()) == {"standard", *SEEDS}


@EVERY_PACK
def test_a_pack_bears_the_name_of_its_file(policy: Policy) -> None:
    assert PACKS[policy.id] is policy


@pytest.mark.parametrize("pack", SEEDS)
def test_nothing_in_the_table_of_the_page_is_missing_from_the_pack(pack: str) -> None:
    has = ids_of(PACKS[pack])
    for line, ids in rows(pack):
        assert ids, line
        assert ids <= has, (line, ids - has)


@pytest.mark.parametrize("pack", SEEDS)
def test_nothing_in_a_pack_is_missing_from_the_table_of_the_page(pack: str) -> None:
    told = set().union(*(ids for _, ids in rows(pack)))
    helpers = {f"contacts.{id}" for id in PACKS[pack].contacts}
    assert ids_of(PACKS[pack]) - helpers <= told


def test_the_standard_pack_is_the_whole_vocabulary() -> None:
    standard = PACKS["standard"]
    assert ids_of(standard) >= KNOWN_IDS
    assert set(standard.acts) == set(ACTS)


@pytest.mark.parametrize("pack", SEEDS)
def test_everything_in_a_company_pack_is_in_the_standard_pack(pack: str) -> None:
    a_date = {"header.established"}  # every company's own
    assert ids_of(PACKS[pack]) - a_date <= ids_of(PACKS["standard"])


@EVERY_PACK
def test_every_act_is_reached_by_a_chip_or_as_an_effect(policy: Policy) -> None:
    by_chip = {act.id for chip in Chip for act in policy.active_acts(chip)}
    effects = {id for id in policy.acts if ACTS[id].chip is None}
    assert {id for id in policy.acts if policy.is_active(id)} <= by_chip | effects


@EVERY_PACK
def test_every_promise_sets_a_duty_a_text_or_a_setting_in_motion(
    policy: Policy,
) -> None:
    for id in policy.commitments:
        commitment = COMMITMENTS[id]
        assert commitment.duties or commitment.texts or commitment.settings, id


@EVERY_PACK
def test_no_list_is_closed(policy: Policy) -> None:
    assert policy.is_active(ALWAYS_ACTIVE)
    assert Chip.OTHER in policy.shown_chips()
    assert "def.nonexhaustive" in policy.definition


@EVERY_PACK
def test_every_pack_lists_the_free_lines(policy: Policy) -> None:
    phones = {id: contact.phone for id, contact in policy.contacts.items()}
    assert phones["police"] == "110"
    assert phones["police_advice"] == "#9110"
    assert phones["ambulance"] == "119"
    assert phones["kokoro_no_mimi"] == "0120-565-455"
    assert phones["yorisoi"] == "0120-279-338"


@pytest.mark.parametrize("pack", SEEDS)
def test_what_published_policies_are_silent_on_comes_from_the_standard_pack(
    pack: str,
) -> None:
    own, standard = PACKS[pack], PACKS["standard"]
    assert (own.clocks, own.ladders, own.desk_hours) == (
        standard.clocks,
        standard.ladders,
        standard.desk_hours,
    )
    assert (own.thresholds, own.locations, own.may_end) == (
        standard.thresholds,
        standard.locations,
        standard.may_end,
    )


@pytest.mark.parametrize("pack", SEEDS)
def test_an_act_of_a_policy_that_never_says_malicious_of_it_stays_ordinary(
    pack: str,
) -> None:
    assert {wording.tier for wording in PACKS[pack].acts.values()} == {Tier.ORDINARY}


def test_only_the_policy_with_a_list_of_its_own_decides_what_is_over_the_line() -> None:
    for pack, policy in PACKS.items():
        default = {id for id in policy.acts if (ACTS[id].chip or Chip.OTHER).value in "abcdefh"}
        if pack == "hennge":
            assert "coercion.dogeza" in policy.per_se
        else:
            assert set(policy.per_se) == default


@pytest.mark.parametrize("pack", SEEDS)
def test_a_company_names_its_acts_in_japanese_english_and_plain_japanese(
    pack: str,
) -> None:
    for id, wording in PACKS[pack].acts.items():
        assert wording.name and wording.name.ja_simple, id


@EVERY_PACK
def test_an_employee_can_read_each_element_of_the_definition_in_plain_japanese(
    policy: Policy,
) -> None:
    assert all(own.ja_simple for own in policy.definition.values())


def test_hard_words_of_the_policy_page_have_their_readings() -> None:
    """In plain Japanese, of the standard policy: whom to turn to is no place to stumble."""
    for own in wordings(policy_page(PACKS["standard"])):
        text = CATALOGUE.text(own, "ja_simple")
        for word in ("希望", "連絡", "苦情", "受付", "窓口"):
            assert not re.search(f"{word}(?!先?（)", text), text


@EVERY_PACK
def test_sentences_are_short_and_calm(policy: Policy) -> None:
    for own in wordings(policy):
        # Plain Japanese is not charged for its readings.
        for text, limit in ((own.ja, 40), (READING.sub("", own.ja_simple or ""), 25)):
            assert all(len(sentence) <= limit for sentence in text.split("。")), text
        assert "!" not in own.en and "！" not in own.ja + (own.ja_simple or "")


@EVERY_PACK
def test_every_sentence_of_the_page_and_the_poster_exists_in_every_language(
    policy: Policy,
) -> None:
    for language in CATALOGUE.languages:
        assert read_aloud(policy_page(policy), language)
        assert read_aloud(customer_poster(policy), language)


def test_an_act_that_is_switched_off_is_not_on_the_page() -> None:
    standard = PACKS["standard"]
    wording = standard.acts["coercion.dogeza"].model_copy(update={"on": False})
    off = standard.model_copy(update={"acts": {**standard.acts, "coercion.dogeza": wording}})
    assert "act.coercion.dogeza" in set(keys_in(policy_page(standard)))
    assert "act.coercion.dogeza" not in set(keys_in(policy_page(off)))


@EVERY_PACK
def test_the_page_tells_every_promise_and_every_contact(policy: Policy) -> None:
    text = read_aloud(policy_page(policy))
    for wording in policy.commitments.values():
        assert wording.name.en in text
    for contact in policy.contacts.values():
        assert contact.name.en in text


@EVERY_PACK
def test_the_poster_tells_every_promise_towards_customers(policy: Policy) -> None:
    text = read_aloud(customer_poster(policy))
    for id, wording in policy.commitments.items():
        if id != "ex.contact":
            assert (wording.name.en in text) is id.startswith("ex.")


def test_the_poster_knows_every_promise_towards_customers_there_is() -> None:
    outward = {id for id in COMMITMENTS if id.startswith("ex.")}
    assert set(POSTER_ORDER) == outward - {"ex.contact"}


def test_the_poster_gives_the_public_contact_only_where_a_customer_could_use_it() -> None:
    def phones(pack: str) -> list[str]:
        poster = customer_poster(PACKS[pack])
        return [element.phone for element in poster if isinstance(element, CallLine)]

    assert phones("bengo4") == ["+81-3-5549-2555"]
    assert phones("standard") == []
    assert "Ask the desk" not in read_aloud(customer_poster(PACKS["standard"]))


def test_a_card_says_who_ends_it() -> None:
    standard = PACKS["standard"]
    assert "runbook.end.self" in set(keys_in(runbook_card(standard, Runbook.SEXUAL)))
    assert "runbook.end.lead" in set(keys_in(runbook_card(standard, Runbook.REPEAT)))


def test_a_card_speaks_of_the_company_s_own_limits_and_in_its_own_words() -> None:
    standard = PACKS["standard"]
    strict = standard.model_copy(
        update={"thresholds": standard.thresholds.model_copy(update={"amber_minutes": 20})}
    )
    assert "At 20 minutes" in read_aloud(runbook_card(strict, Runbook.RESTRAINT))
    own = Own(ja="終わります。", en="We are done here.")
    worded = standard.model_copy(update={"runbooks": {Runbook.OTHER: RunbookWording(say=own)}})
    assert "We are done here." in read_aloud(runbook_card(worded, Runbook.OTHER))


def test_nobody_has_to_count_days_to_know_how_many_years_a_case_is_kept() -> None:
    text = read_aloud(policy_page(builtin_pack("standard")), "ja")
    assert "5年間" in text and "1825" not in text


@pytest.mark.parametrize(
    ("part", "wrong", "told"),
    [
        ("retention", {"withdrawn_days": 30}, "withdrawn_days must be 38 or more"),
        ("ladders", {"follow_up": {"repeats": 0}}, "follow_up must have repeats 1 or more"),
    ],
)
def test_no_pack_may_give_up_whoever_is_to_be_spoken_with_too_soon(
    part: str, wrong: dict[str, Any], told: str
) -> None:
    pack = PACKS["standard"].model_dump(mode="json")
    for key, value in wrong.items():
        pack[part][key] = {**pack[part][key], **value} if isinstance(value, dict) else value
    with pytest.raises(ValidationError, match=told):
        Policy.model_validate(pack)
