"""The sentences people read: all there, in every language, short, calm, and none to spare."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.catalog import Message

from bot.catalogue import WORDS
from flows.acts import ACTS, Chip, Runbook
from flows.aftercare import Word
from flows.assessment import AfterStop, Demand, Effect, Length, Verdict
from flows.clocks import Urgency
from flows.commitments import DutyKind, ResponseStep
from flows.definition import DEFINITION_ELEMENTS
from flows.duties import ASKED_KINDS
from flows.file_kinds import FileKind
from flows.ladders import AnswerKind, Role
from flows.outcomes import Visibility, When
from flows.report import WISHES
from flows.scene import DayPart

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "ja", "ja_simple")
OURS = ("screens.po", "cards.po")
FILES = (*OURS, "acts.po", "files.po", "policy.po", "teams.po", "web.po", "slack.po")
EVERY_FILE = pytest.mark.parametrize("file", FILES)
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)

FILLED: dict[str, Iterable[str]] = {
    "own.list.*": ("kept", "open", "closed", "withdrawn"),
    "act.*": ACTS,
    "result.element.*": ("demand", "means", "work"),
    "again.*": ("stale", "changed", "unknown"),
    "chip.*": Chip,
    "chip.short.*": Chip,
    "day.*": DayPart,
    "demand.*": Demand,
    "desk.*": ("closed", "withdrawn"),
    "desk.help.*": ("coming", "overdue", "was_there", "here"),
    "desk.speak_now.*": ("check_in", "no_reprisal_check"),
    "desk.verdict.*": Verdict,
    "desk.who.*": Visibility,
    "due.*": (
        *("care", "reply", "outcome", "next_contact", "fact_check", "external_response"),
        *("recurrence", "committee_report", "physician", "experts", "lawyer"),
    ),
    "duty.*": DutyKind,
    "effects.*": Effect,
    "fact.*": (
        *("filed", "released", "delivered", "delivery_failed", "opened", "taken", "duty_done"),
        *("asked", "answered", "declined", "expired", "exhausted", "over"),
        "exhausted_nobody",
        *("answered_take_over", "answered_gives_care", "answered_arranges", "answered_here"),
        *("cared", "care_confirmed", "care_not_yet", "replied", "wrote", "corrected"),
        *("help_called", "place_named", "help_over", "help_mistake", "help_moved"),
        *("still_needed", "help_unanswered", "asked_employee", "checked_in", "unconfirmed"),
        "wished_to_talk",
        *("outcome_told", "measure_noted", "responded", "closed", "reopened", "not_needed"),
        "not_done",
        *("own_over", "withdrawn", "resumed", "held", "let_go", "desk_moved", "channel_changed"),
        "taker_left",
        *("file_added", "file_opened", "original_taken"),
    ),
    "arrival.*": ("overdue", "was_there"),
    "details.*": ("check_in", "no_reprisal_check"),
    "step.asked.*": ("check_in", "no_reprisal_check"),
    "file.added.*": FileKind,
    "file.name.*": FileKind,
    "length.*": Length,
    "nudge.*": ("care", "second_person"),
    "own.checked_in.*": Word,
    "policy.*": DEFINITION_ELEMENTS,
    "policy.label.*": ("company", "owner", "signed_by", "established"),
    "policy.page.*": ("promises", "answers", "may_end_lead", "may_end_none"),
    "response.*": ResponseStep,
    "result.*.text": Verdict,
    "result.*.title": Verdict,
    "result.after_stop.*": AfterStop,
    "review.*": ("when", "spot", "wishes"),
    "role.*": Role,
    "runbook.*.name": Runbook,
    "runbook.end.*": ("self", "lead"),
    "sees.desk.*": Visibility,
    "sent.care_*": ("happened", "not_yet"),
    "sees.site.*": Visibility,
    "talk.*.desk": ("own", "desk"),
    "talk.*.reporter": ("own", "desk"),
    "talk.*.hint": ("own", "desk"),
    "talk.*.label": ("own", "desk"),
    "time.*_pattern": ("day", "day_clock"),
    "time.tomorrow_*": ("day", "day_clock"),
    "urgency.*": Urgency,
    "web.demo.*": ("phone", "desk", "site_view"),
    "web.demo.try.*": "12345",
    "when.*": When,
    "who.*": Visibility,
    "who.*.hint": Visibility,
    "wish.*": WISHES,
    "web.poster.*": ("lead", "do", "free", "chat"),
}
"""Keys built where they are said: the pattern, and what may stand for its star."""

NAMED: dict[str, Iterable[str]] = {
    "adapters/web/middleware.py:keys.get(error.status, default)": (
        *("problem.not_found", "problem.too_large", "problem.failed", "problem.bad_request"),
    ),
    "adapters/web/words.py:key": (),  # the templates' own `say`, read from the templates
    "flows/card_parts.py:_seat_key(duty, view)": [
        *(f"seat.{answer}" for answer in AnswerKind if answer is not AnswerKind.COMING),
        *("seat.gives_care", "seat.cannot_take_on"),
    ],
    "flows/site_cards.py:key": ("second.title", "help.card.title"),
    "flows/site_cards.py:*.full": ("second.title.full", "help.card.title.full"),
    "flows/site_cards.py:*.overdue": ("second.title.overdue", "help.card.title.overdue"),
    "flows/site_cards.py:over": (
        *("help.card.called_over", "help.card.over", "help.card.over_alone"),
    ),
    "flows/nudge_cards.py:_take_key(view, duty, of)": [
        f"nudge.take{each}" for each in ("", ".outside", "_over", "_call", "_care")
    ],
    "flows/nudge_cards.py:alone": (
        *("nudge.take.nobody", "nudge.take.few", "nudge.follow_up.nobody", "nudge.follow_up.few"),
    ),
    "flows/care_cards.py:label": ("care.done", "care.done_shift"),
    "flows/site_cards.py:*.over": ("second.title.over", "help.card.title.over"),
    "flows/checklist.py:note": ("demand.no_blame",),
    "flows/checklist.py:*.title": ("demand.title", "length.title", "after_stop.title"),
    "flows/checklist.py:*.*": [
        f"{step}.{answer}"
        for step, answers in (("effects", Effect), ("demand", Demand), ("after_stop", AfterStop))
        for answer in answers
    ],
    "flows/policy_page.py:*.name": [f"runbook.{runbook}.name" for runbook in Runbook],
    "flows/policy_page.py:*.say": [f"runbook.{runbook}.say" for runbook in Runbook],
    "flows/policy_page.py:*.step_back": [f"runbook.{runbook}.step_back" for runbook in Runbook],
    "flows/result.py:label": ("result.one_of", "result.named"),
    "flows/rung_lines.py:_next_key(duty)": ("care.next", "care.next_then", "help.next"),
    "flows/details.py:key": ("details.one_of", "details.named"),
    "ask.*.*": [f"ask.{kind}.{word}" for kind in ASKED_KINDS for word in Word],
    "flows/burst_cards.py:*.title": ("list.reports.title", "list.calls.title"),
    "flows/burst_cards.py:label": ("list.reports.open", "list.calls.open"),
    "flows/burst_cards.py:*.text": ("list.reports.text", "list.calls.text"),
    "flows/desk_work.py:key": (
        *(
            "desk.done",
            "desk.not_done",
            "desk.needed",
            "desk.not_needed",
            "desk.reopen",
            "desk.close",
            "desk.tell_outcome",
        ),
        "desk.measure.send",
    ),
    "flows/status.py:_question_key(asked)": (
        *("ask.sleep", "ask.work", "ask.still", "ask.no_reprisal"),
    ),
    "flows/chase.py:*.exhausted": ("chase.exhausted", "chase.care.exhausted"),
    "flows/chase.py:*.needed": ("chase.needed", "chase.care.needed"),
    "flows/chase.py:*.next": ("chase.next", "chase.care.next"),
    "flows/chase.py:*.desk_next": ("chase.desk_next", "chase.care.desk_next"),
    "flows/screens.py:key": (),  # the keys are read from the calls of `buttons`
    "flows/caller.py:stands": (
        *("help.nobody", "help.overdue", "help.coming", "help.here"),
        *("help.was_there", "help.declined", "help.waiting"),
    ),
    "flows/caller.py:*.numbers": ("help.nobody.numbers", "help.overdue.numbers"),
    "flows/caller.py:text": (
        *("help.mistake_ok", "help.moved", "help.lapsed", "help.lapsed_alone"),
        *("help.called_over", "help.over"),
    ),
}
"""Keys that nothing around the call shows: the file and the expression, and what it may be."""

READING = re.compile(r"（[ぁ-ゖァ-ヺー・]+）")
GAP = re.compile(r"\{(\w+)\}")
LIMITS = {"ja": 40, "ja_simple": 25}
UNKIND = re.compile(
    r"[!！]|なぜ|どうして|被害者|\bwhy\b|\bvictim|\bare you sure\b|\bno harassment\b",
    re.IGNORECASE,
)
DELIVERED = {"sent.delivered", "step.delivered"}


@dataclass(frozen=True)
class Spoken:
    """One place that says something: the pattern of its key and the gaps that it fills."""

    where: str
    pattern: str
    gaps: frozenset[str] | None
    """None: what it fills cannot be read off the call."""

    def possible_keys(self) -> tuple[str, ...]:
        """The keys this may say. A pattern in neither table is a KeyError."""
        if self.pattern in NAMED:
            return tuple(NAMED[self.pattern])
        if "*" not in self.pattern and ":" not in self.pattern:
            return (self.pattern,)
        return tuple(self.pattern.replace("*", value) for value in FILLED[self.pattern])


def forms(message: Message) -> list[str]:
    """A sentence, or each of its plural forms."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@cache
def messages(language: str, file: str) -> dict[str, Message]:
    """The sentences of a file by key; none where the file is not there yet."""
    path = WORDS / language / file
    if not path.exists():
        return {}
    with path.open("rb") as source:
        found = [message for message in pofile.read_po(source) if message.id]
    return {m.id if isinstance(m.id, str) else m.id[0]: m for m in found}


def everything(language: str) -> dict[str, Message]:
    return {key: m for file in FILES for key, m in messages(language, file).items()}


def gaps(message: Message) -> set[str]:
    return set(GAP.findall(" ".join(forms(message))))


@cache
def spoken() -> tuple[Spoken, ...]:
    """Everything the code and the templates say."""
    found: list[Spoken] = []
    for folder in ("flows", "bot", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found += in_code(path)
        for path in sorted((ROOT / folder).rglob("*.html")):
            found += in_template(path)
    return tuple(found)


def in_code(path: Path) -> Iterator[Spoken]:
    name = path.relative_to(ROOT).as_posix()
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        function = getattr(call.func, "id", getattr(call.func, "attr", ""))
        where = f"{name}:{call.lineno}"
        if function in ("say", "_plain"):
            filled = {keyword.arg for keyword in call.keywords}
            known = function == "say" and None not in filled
            given = frozenset(filter(None, filled)) if known else None
            yield from (Spoken(where, pattern, given) for pattern in patterns(call.args[0], name))
        elif function == "buttons":
            for arg in call.args:
                key = arg.elts[1] if isinstance(arg, ast.Tuple) else arg
                found = patterns(key, name)
                yield from (Spoken(where, pattern, frozenset()) for pattern in found)


def patterns(key: ast.expr, name: str) -> Iterator[str]:
    """The key as written, with a star for each part that is filled in."""
    if isinstance(key, ast.IfExp):
        yield from patterns(key.body, name)
        yield from patterns(key.orelse, name)
    elif isinstance(key, ast.Constant):
        yield str(key.value)
    elif isinstance(key, ast.BinOp) and isinstance(key.left, ast.Constant):
        yield f"{key.left.value!s}*"
    elif isinstance(key, ast.JoinedStr):
        parts = [str(p.value) if isinstance(p, ast.Constant) else "*" for p in key.values]
        pattern = "".join(parts)
        yield f"{name}:{pattern}" if pattern.startswith("*") else pattern
    else:
        yield f"{name}:{ast.unparse(key)}"


def in_template(path: Path) -> Iterator[Spoken]:
    """A template's calls, read as Python: of Jinja's own only "~" needs a translation."""
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    for found in re.finditer(r"\bsay\((?:[^()]|\([^()]*\))*\)", text):
        call = ast.parse(found[0].replace("~", "+"), mode="eval").body
        assert isinstance(call, ast.Call)
        where = f"{name}:{text.count(chr(10), 0, found.start()) + 1}"
        given = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
        yield from (Spoken(where, pattern, given) for pattern in patterns(call.args[0], name))


def said() -> dict[str, list[Spoken]]:
    """Every key that is said, with the places that say it."""
    by_key: dict[str, list[Spoken]] = {}
    for place in spoken():
        if known(place):
            for key in place.possible_keys():
                by_key.setdefault(key, []).append(place)
    return by_key


def known(place: Spoken) -> bool:
    built = "*" in place.pattern or ":" in place.pattern
    return not built or place.pattern in NAMED or place.pattern in FILLED


def length(text: str, language: str) -> int:
    """Characters as read: a gap counts four, and plain Japanese is not charged for readings."""
    plain = READING.sub("", text) if language == "ja_simple" else text
    return len(GAP.sub("＿＿＿＿", plain))


def test_every_key_that_is_built_while_it_is_said_has_a_row_in_a_table() -> None:
    strange = [place for place in spoken() if not known(place)]
    assert not strange, "name what these may say in FILLED or NAMED"


@EVERY_LANGUAGE
def test_everything_that_the_code_says_has_a_sentence(language: str) -> None:
    missing = {
        key: places[0].where for key, places in said().items() if key not in everything(language)
    }
    assert not missing


def test_no_sentence_is_to_spare() -> None:
    assert set(everything("en")) <= set(said())


@EVERY_FILE
def test_the_languages_have_the_same_keys_with_the_same_gaps(file: str) -> None:
    english = messages("en", file)
    for language in LANGUAGES:
        other = messages(language, file)
        assert other.keys() == english.keys()
        for key, message in other.items():
            assert gaps(message) == gaps(english[key]), (language, key)
            assert isinstance(message.id, str) == isinstance(english[key].id, str), (language, key)


@EVERY_LANGUAGE
def test_a_sentence_has_only_gaps_that_every_place_fills(language: str) -> None:
    sentences = everything(language)
    for key, places in said().items():
        for place in places:
            if place.gaps is None or key not in sentences:
                continue
            assert gaps(sentences[key]) <= place.gaps, (key, place.where)
            if not isinstance(sentences[key].id, str):
                assert "count" in place.gaps, (key, place.where)


@EVERY_LANGUAGE
def test_lengths_speak_of_the_company_s_own_minutes_and_counts(language: str) -> None:
    screens = messages(language, "screens.po")
    wanted = {"a": {"minutes"}, "r": {"minutes"}, "2": {"times"}, "3": {"times"}}
    for answer in Length:
        assert gaps(screens[f"length.{answer}"]) == wanted.get(answer, set())


@EVERY_FILE
@pytest.mark.parametrize("language", LIMITS)
def test_japanese_sentences_are_short(file: str, language: str) -> None:
    for key, message in messages(language, file).items():
        for text in forms(message):
            for sentence in re.split(r"[。\n]", text):
                assert length(sentence, language) <= LIMITS[language], (key, sentence)


@pytest.mark.parametrize("language", LIMITS)
def test_the_short_names_of_acts_fit_a_line_of_facts(language: str) -> None:
    for chip in Chip:
        name = forms(messages(language, "screens.po")[f"chip.short.{chip}"])[0]
        assert 2 <= length(name, language) <= 8, name


@EVERY_FILE
@EVERY_LANGUAGE
def test_nobody_is_pressed_blamed_or_shouted_at(file: str, language: str) -> None:
    for key, message in messages(language, file).items():
        assert not UNKIND.search(" ".join(forms(message))), key


@pytest.mark.parametrize("file", OURS)
@EVERY_LANGUAGE
def test_delivered_is_said_only_where_the_desk_s_channel_has_it(file: str, language: str) -> None:
    for key, message in messages(language, file).items():
        said_so = bool(re.search(r"deliver|届", " ".join(forms(message)), re.IGNORECASE))
        assert not said_so or key in DELIVERED, key


@pytest.mark.parametrize("file", OURS)
@EVERY_LANGUAGE
def test_what_is_said_everywhere_has_no_word_of_one_platform(file: str, language: str) -> None:
    for key, message in messages(language, file).items():
        assert not re.search(r"workspace|ワークスペース|Slack", " ".join(forms(message))), key


@EVERY_LANGUAGE
def test_when_nobody_answers_the_card_names_110(language: str) -> None:
    alone = ("help.nobody", "help.nobody.numbers", "help.overdue", "help.overdue.numbers")
    for key in (*alone, "help.was_there", "help.question_alone", "help.lapsed_alone"):
        assert "110" in forms(messages(language, "cards.po")[key])[0]


@EVERY_LANGUAGE
def test_no_result_says_no(language: str) -> None:
    for verdict in Verdict:
        for part in ("title", "text"):
            text = forms(messages(language, "screens.po")[f"result.{verdict}.{part}"])[0]
            assert not re.search(r"ではありません|\bis not\b|\bnot customer harassment\b", text)


@EVERY_LANGUAGE
def test_a_place_is_never_offered_in_the_words_that_give_a_name_away(language: str) -> None:
    screens = {key: forms(m)[0] for key, m in messages(language, "screens.po").items()}
    for word in ("名前を出", "name"):
        assert word not in screens["blur.site"].casefold()


@EVERY_FILE
def test_plain_japanese_is_written_with_readings_and_not_in_spaced_syllables(file: str) -> None:
    for key, message in messages("ja_simple", file).items():
        assert not re.search(r"[ぁ-ゖ一-龥] [ぁ-ゖ一-龥]", " ".join(forms(message))), key


@EVERY_FILE
def test_what_is_to_be_pressed_about_care_has_its_readings_in_plain_japanese(file: str) -> None:
    """One verb is read alike on the question, its answers, and what undoes them."""
    for key, message in messages("ja_simple", file).items():
        text = " ".join(forms(message))
        assert "話しかけ" not in text, key
        assert key != "care.undo" or "押（お）し" in text


def test_a_step_towards_the_customer_is_named_as_done_since_a_press_notes_it() -> None:
    for language in ("ja", "ja_simple"):
        for step in ResponseStep:
            said_done = forms(messages(language, "cards.po")[f"response.{step}"])[0]
            assert READING.sub("", said_done).endswith("た"), said_done


@EVERY_LANGUAGE
def test_what_answers_a_press_is_still_true_when_the_page_below_it_has_moved_on(
    language: str,
) -> None:
    """A notice stays where it is while the case under it changes: it says what was done."""
    for key, message in messages(language, "cards.po").items():
        if key.startswith(("press.", "own.c")):
            assert not re.search(r"[てで]います。$|\bWe are \w+ing\b", forms(message)[0]), key
