"""Reading a pack: what is wrong is said with its line, its key, and how to put it right."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.packs import (
    LARGEST_PACK,
    STANDARD,
    STANDARD_SECTIONS,
    PackError,
    Problem,
    builtin_pack,
    builtin_pack_ids,
    read_pack,
)
from flows.policy import Policy

SMALL = """\
id: corner_shop
company: {ja: "店", en: "Corner shop"}
title: {ja: "方針", en: "Policy"}
introduction: {ja: "守ります。", en: "We protect."}
header:
  established: 2025-04-01
definition:
  def.actor: {ja: "客", en: "Customers"}
  def.protected: {ja: "店員", en: "Staff"}
  def.means: {ja: "やり方", en: "Manner"}
  def.work_env: {ja: "環境", en: "Environment"}
  def.nonexhaustive: {ja: "例", en: "Examples"}
  def.decision: {ja: "会社", en: "The company"}
acts:
  verbal.abuse: {}
  coercion.dogeza: {on: false}
  other.unlisted: {}
per_se: [verbal.abuse]
commitments:
  in.desk: {name: {ja: "窓口", en: "A desk"}}
contacts:
  desk: {name: {ja: "窓口", en: "Desk"}}
"""

Read = Callable[[str], Policy]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def from_text(text: str) -> Policy:
        path = tmp_path / "pack.yaml"
        path.write_text(text, encoding="utf-8")
        return read_pack(path)

    return from_text


def problems(read: Read, text: str) -> list[Problem]:
    with pytest.raises(PackError) as caught:
        read(text)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return list(caught.value.problems)


def only(read: Read, text: str) -> Problem:
    found = problems(read, text)
    assert len(found) == 1, found
    return found[0]


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("id", builtin_pack_ids())
def test_every_built_in_pack_loads(id: str) -> None:
    assert builtin_pack(id).id == id


def test_a_pack_that_does_not_exist_is_no_built_in_pack() -> None:
    with pytest.raises(KeyError):
        builtin_pack("../standard")


def test_a_small_pack_takes_what_it_leaves_out_from_the_standard_pack(
    read: Read,
) -> None:
    pack, standard = read(SMALL), builtin_pack("standard")
    for section in STANDARD_SECTIONS:
        assert getattr(pack, section) == getattr(standard, section)
    assert set(pack.acts) == {"verbal.abuse", "coercion.dogeza", "other.unlisted"}
    assert set(pack.commitments) == {"in.desk"}
    assert str(pack.header.established) == "2025-04-01"


def test_a_section_of_its_own_replaces_the_standard_one(read: Read) -> None:
    pack = read(SMALL + "thresholds: {amber_minutes: 10, red_minutes: 20}\n")
    assert (pack.thresholds.amber_minutes, pack.thresholds.red_minutes) == (10, 20)


def test_on_is_a_key_and_not_a_truth_value(read: Read) -> None:
    assert not read(SMALL).is_active("coercion.dogeza")


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert read_pack(path).id == "corner_shop"


@pytest.mark.parametrize("section", ["definition", "acts", "commitments", "contacts"])
def test_a_company_s_own_sections_are_never_filled_in(read: Read, section: str) -> None:
    problem = only(read, re.sub(rf"^{section}:\n(  .*\n)+", "", SMALL, flags=re.MULTILINE))
    assert (problem.line, problem.key, problem.wrong) == (1, section, "missing")


def test_a_problem_reads_as_file_line_key_what_and_how(read: Read, tmp_path: Path) -> None:
    problem = only(read, changed('en: "Manner"', "en: 5"))
    file = tmp_path / "pack.yaml"
    assert str(problem) == (
        f'{file}:10: definition.def.means.en: must be text, not "5". Put it in quotes.'
    )


@pytest.mark.parametrize(
    ("old", "new", "key", "wrong", "fix"),
    [
        (
            'en: "Corner shop"',
            'fr: "x"',
            "company.en",
            "English text is missing",
            "Add en:",
        ),
        (
            '{ja: "方針", en',
            "{en",
            "title.ja",
            "the Japanese text is missing",
            "Add ja:",
        ),
        ('"Policy"', '""', "title.en", "the English text is empty", "Write en:"),
        ('"Policy"', "~", "title.en", "the English text is empty", "Write en:"),
        ("title:", "titel:", "titel", "unknown key", 'Did you mean "title"?'),
        (
            "header:",
            "zzzz: 1\nheader:",
            "zzzz",
            "unknown key",
            "Remove it; keys known here: id,",
        ),
        (
            '{ja: "方針", en: "Policy"}',
            "x",
            "title",
            "needs a Japanese and",
            "Write {ja:",
        ),
        (
            "verbal.abuse: {}",
            "verbal.abuze: {}",
            "acts.verbal.abuze",
            "no act id",
            "verbal.abuse",
        ),
        (
            "in.desk: {",
            "in.dsek: {",
            "commitments.in.dsek",
            "no commitment id",
            "in.desk",
        ),
        (
            "def.actor:",
            "def.acter:",
            "definition.def.acter",
            "definition element",
            "def.actor",
        ),
        (
            "per_se: [verbal.abuse]",
            "per_se: 7",
            "per_se",
            "must be a list",
            "Write [one, two]",
        ),
        ("per_se: [verbal.abuse]", "per_se: [x]", "per_se.0", "no act id", "Known ids"),
        (
            "{on: false}",
            "{on: 3}",
            "acts.coercion.dogeza.on",
            "true or false",
            "Write true",
        ),
        (
            "{on: false}",
            "{tier: bad}",
            "acts.coercion.dogeza.tier",
            '"bad" is not',
            "ordinary",
        ),
        (
            "{on: false}",
            "[]",
            "acts.coercion.dogeza",
            "keys and values, not a list",
            "standard",
        ),
        ("2025-04-01", "2025-13-01", "header.established", "is no date", "2025-04-01"),
        (
            "2025-04-01",
            "spring",
            "header.established",
            '"spring" is no date',
            "2025-04-01",
        ),
        ("corner_shop", "Corner Shop", "id", "characters", "Use small letters"),
        (
            'en: "Desk"}',
            'en: "Desk"}, phone: 110',
            "contacts.desk.phone",
            "be text",
            "in quotes",
        ),
        (
            'en: "Desk"}',
            'en: "Desk"}, phone: "x"',
            "contacts.desk.phone",
            "characters",
            "digits",
        ),
    ],
)
def test_each_mistake_is_told_in_plain_words(
    read: Read, old: str, new: str, key: str, wrong: str, fix: str
) -> None:
    text = changed(old, new)
    found = {problem.key: problem for problem in problems(read, text)}
    problem = found[key]
    assert wrong in problem.wrong
    assert fix in problem.fix
    assert problem.line == line_of(text, new.split("\n")[0])


@pytest.mark.parametrize(
    ("section", "key", "wrong", "fix"),
    [
        (
            "thresholds: {amber_minutes: 90}",
            "amber_minutes",
            "90 is too large",
            "Use 30 or less",
        ),
        (
            "thresholds: {amber_minutes: 0}",
            "amber_minutes",
            "0 is too small",
            "Use 1 or more",
        ),
        (
            "thresholds: {amber_minutes: x}",
            "amber_minutes",
            "a whole number",
            "Write digits",
        ),
        (
            "thresholds: {amber_minutes: 1.5}",
            "amber_minutes",
            "a whole number",
            "Write digits",
        ),
        (
            "clocks: {take: {U0: 3x}}",
            "take.U0",
            '"3x" cannot be read',
            'Write a time as "15m"',
        ),
        (
            "clocks: {take: {U9: 3m}}",
            "take.U9",
            '"U9" is not known here',
            "U0, U1, U2, U3, U4",
        ),
        ("clocks: {take: {}}", "answer", "missing", "Add answer"),
        (
            "ladders: {help: {steps: []}}",
            "help.steps",
            "too few entries",
            "List at least 1",
        ),
        ("desk_hours: {zone: Mars}", "open", "missing", "Add open"),
        (
            'desk_hours: {open: {mon: "9-5"}}',
            "open.mon",
            "cannot be read",
            "Write opening hours",
        ),
        (
            'desk_hours: {open: {mo: "09:00-17:00"}}',
            "open.mo",
            "cannot be read",
            "Use one of mon",
        ),
        (
            "may_end: {staff: [shouting]}",
            "staff.0",
            '"shouting" is not known',
            "Use one of",
        ),
        (
            "may_end: {staff: [violance]}",
            "staff.0",
            "is not known",
            'Did you mean "violence"?',
        ),
        ("may_end: {boss: []}", "", "unknown role boss", "Use staff, manager"),
        ("may_end: {}", "", "not complete", "Add staff"),
        ("locations: {}", "", "not complete", "Add at least one"),
        ("locations:", "", "keys and values, not empty", "standard pack"),
    ],
)
def test_each_mistake_in_a_section_of_times_people_and_places_is_told(
    read: Read, section: str, key: str, wrong: str, fix: str
) -> None:
    name = section.split(":")[0]
    dotted = f"{name}.{key}" if key else name
    found = {problem.key: problem for problem in problems(read, f"{SMALL}{section}\n")}
    problem = found[dotted]
    assert wrong in problem.wrong
    assert fix in problem.fix
    assert problem.line == SMALL.count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "section", "wrong"),
    [
        ("  other.unlisted: {}\n", "", "acts", "other.unlisted must stay on"),
        ("[verbal.abuse]", "[coercion.dogeza]", "per_se", "not switched on"),
        ("in.desk: {", "in.physician: {", "contacts", "promises a helper"),
        ("in.desk: {", "in.owner: {", "header", "promises a responsible officer"),
        (
            '  def.means: {ja: "やり方", en: "Manner"}\n',
            "",
            "definition",
            "def.means is missing",
        ),
        ("  desk: {name", "  desc: {name", "contacts", "not complete"),
    ],
)
def test_what_does_not_fit_together_is_told_at_its_section(
    read: Read, old: str, new: str, section: str, wrong: str
) -> None:
    text = changed(old, new)
    problem = only(read, text)
    assert problem.key == section
    assert wrong in problem.wrong
    assert problem.fix
    assert problem.line == line_of(text, f"\n{section}:") + 1


def test_all_problems_are_told_at_once_in_the_order_of_the_file(read: Read) -> None:
    text = SMALL.replace('"Policy"', "1").replace("{on: false}", "{on: 7}").replace("id:", "ID:")
    lines = [problem.line for problem in problems(read, text)]
    assert len(lines) >= 4
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "line", "wrong", "fix"),
    [
        ("id: a\nid: b\n", 2, "written twice; the first is on line 1", "Keep one"),
        ("id: a\nacts: {x: 1\n", 3, "not readable as YAML", "Check the indentation"),
        ("id: a\n\tx: 1\n", 2, "not readable as YAML", "spaces, not with tabs"),
        ("id: a\n---\nid: b\n", 2, "not readable as YAML", "one pack in one file"),
        ("a: &x 1\nb: *x\n", 1, "not readable as YAML", "Write the text out"),
        ("a: !!python/object/apply:os.getcwd []\n", 1, "tag", "Remove the !tag"),
        ("a: !secret x\n", 1, "a YAML tag is not used", "Remove the !tag"),
        ("? [a, b]\n: c\n", 1, "a key must be one word", "Write key: value"),
        ("id: \x07\n", 1, "a character that cannot be shown", "Check"),
        ("a: " + "[" * 5000, 1, "the nesting is too deep", "Check"),
        ("- a\n- b\n", 1, "not a pack of keys and values", "standard pack"),
        ("", 1, "not a pack of keys and values", "standard pack"),
    ],
)
def test_text_that_is_no_pack_is_told_with_its_line(
    read: Read, text: str, line: int, wrong: str, fix: str
) -> None:
    problem = only(read, text)
    assert wrong in problem.wrong
    assert fix in problem.fix
    assert problem.line == line


def test_a_file_that_is_missing_unreadable_or_no_text_is_told(tmp_path: Path) -> None:
    def wrong(path: Path) -> str:
        with pytest.raises(PackError) as caught:
            read_pack(path)
        return str(caught.value)

    assert "there is no such file. Check the path." in wrong(tmp_path / "none.yaml")
    assert "cannot be opened" in wrong(tmp_path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("id: a\ntitle: \u00e9\n".encode("latin-1"))
    assert f"{latin}:2: not UTF-8 text. Save the file as UTF-8." in wrong(latin)
    big = tmp_path / "big.yaml"
    big.write_bytes(b"#" * (LARGEST_PACK + 1))
    assert "larger than 1 MB" in wrong(big)


def test_a_file_without_the_right_to_read_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The superuser may read every file, so the refusal itself is the file system's double.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    path = tmp_path / "secret.yaml"
    path.touch()
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PackError, match="permission denied"):
        read_pack(path)


def test_no_message_speaks_the_library_s_language(read: Read) -> None:
    told = "".join(str(problem) for problem in problems(read, "a: 1\nid: []\nacts: {x: {on: 9}}\n"))
    for jargon in (
        "Input should",
        "valid",
        "Value error",
        "Field required",
        "Extra inputs",
    ):
        assert jargon not in told


def test_the_standard_pack_is_read_without_help_from_itself() -> None:
    data = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    assert set(STANDARD_SECTIONS) <= set(data)
