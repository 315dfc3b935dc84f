"""Site links, buttons and receipts: forged, moved or revoked ones open nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.keys import RECEIPT_DIGITS, IndexKey, new_id, new_public_id, read_public_id, read_receipt
from flows.presses import Press, Verb
from tests.support.world import SeededEntropy

KEY, OTHER_KEY = IndexKey(b"\x22" * 32), IndexKey(b"\x23" * 32)
VERSIONS = {"shinjuku": 1, "yotsuya": 3}
PRESSES = st.builds(
    Press,
    verb=st.sampled_from(Verb),
    subject=st.text("0123456789abcdef", min_size=32, max_size=32),
    detail=st.text("abcxyz019_", max_size=16),
)


def changed(text: str, place: int) -> str:
    other = "a" if text[place] != "a" else "b"
    return text[:place] + other + text[place + 1 :]


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        IndexKey(b"x" * size)


def test_a_poster_link_leads_to_its_site_however_it_was_typed() -> None:
    token = KEY.site_token("shinjuku", 1)
    for typed in (token, token.upper(), f" {token} "):
        assert KEY.site_of(typed, VERSIONS) == "shinjuku"


def test_a_poster_link_is_revoked_by_raising_its_version() -> None:
    token = KEY.site_token("shinjuku", 1)
    assert KEY.site_of(token, {**VERSIONS, "shinjuku": 2}) is None
    assert KEY.site_of(KEY.site_token("yotsuya", 2), VERSIONS) is None
    assert KEY.site_of(KEY.site_token("yotsuya", 3), VERSIONS) == "yotsuya"


def test_a_forged_poster_link_leads_nowhere() -> None:
    token = KEY.site_token("shinjuku", 1)
    for place in range(len("shinjuku-"), len(token)):
        assert KEY.site_of(changed(token, place), VERSIONS) is None
    for forged in ("", "-", "shinjuku", "shinjuku-", token[:-1], token + "a", "nowhere-abc", "é-é"):
        assert KEY.site_of(forged, VERSIONS) is None
    assert KEY.site_of(OTHER_KEY.site_token("shinjuku", 1), VERSIONS) is None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_as_a_poster_link_leads_nowhere(text: str) -> None:
    assert KEY.site_of(text, VERSIONS) is None


@settings(max_examples=100, deadline=None)
@given(PRESSES)
def test_a_button_comes_back_as_it_was(press: Press) -> None:
    assert KEY.open_press(KEY.seal_press(press, "chat:desk"), "chat:desk") == press


@settings(max_examples=60, deadline=None)
@given(PRESSES, st.data())
def test_a_button_that_was_changed_or_moved_is_nothing(press: Press, data: st.DataObject) -> None:
    code = KEY.seal_press(press, "chat:desk")
    place = data.draw(st.integers(0, len(code) - 1))
    assert KEY.open_press(changed(code, place), "chat:desk") is None
    assert KEY.open_press(code, "chat:shinjuku") is None
    assert OTHER_KEY.open_press(code, "chat:desk") is None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_as_a_button_is_nothing(text: str) -> None:
    assert KEY.open_press(text, "chat:desk") is None


def test_the_longest_button_fits_what_platforms_allow() -> None:
    longest = Press(verb=Verb.CARE_HAPPENED, subject="f" * 32, detail="x" * 16)
    assert len(KEY.seal_press(longest, "chat:" + "x" * 100)) <= 100


def test_a_receipt_is_the_same_for_the_same_draft_and_no_other() -> None:
    receipt = KEY.receipt(b"a" * 16)
    assert receipt == KEY.receipt(b"a" * 16)
    assert receipt != KEY.receipt(b"b" * 16)
    assert receipt != OTHER_KEY.receipt(b"a" * 16)
    assert len(receipt) == RECEIPT_DIGITS and receipt.isdecimal()


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=16, max_size=16), st.sampled_from(["", " ", "-", "ー", "　", "\n", "."]))
def test_a_receipt_is_read_however_it_is_spaced(secret: bytes, between: str) -> None:
    receipt = KEY.receipt(secret)
    assert read_receipt(between.join(receipt)) == receipt


def test_a_receipt_is_read_in_full_width() -> None:
    receipt = KEY.receipt(b"a" * 16)
    typed = "".join(chr(ord("０") + int(digit)) for digit in receipt)
    assert read_receipt(typed) == receipt


@pytest.mark.parametrize("typed", ["", "x" * 25, "1" * 24, "1" * 26, "1" * 500, "²" * 25])
def test_what_is_no_receipt_reads_as_none(typed: str) -> None:
    assert read_receipt(typed) is None


@pytest.mark.parametrize(
    "typed", ["QRT7K4M", "qrt7k4m", "ＱＲＴ７Ｋ４Ｍ", " qrt-7k4m\n", "助けの呼び出し QRT7K4M"]
)
def test_a_public_id_is_read_however_it_is_typed(typed: str) -> None:
    assert read_public_id(typed) == "QRT7K4M"


@pytest.mark.parametrize("typed", ["", "QRT7K4", "QRT7K4MM", "ORT7K4M", "QRT7K41", "call QRT7K4M"])
def test_what_no_case_is_called_reads_as_none(typed: str) -> None:
    assert read_public_id(typed) is None


def test_each_purpose_has_marks_of_its_own() -> None:
    marks = {KEY.mac(purpose, b"x") for purpose in ("draft", "receipt", "press", "site")}
    assert len(marks) == 4
    assert KEY.draft_mac(b"x") != KEY.receipt_mac("x")


def test_ids_are_random_and_a_public_id_has_no_letter_to_mistake() -> None:
    entropy = SeededEntropy()
    ids = {new_id(entropy) for _ in range(200)}
    names = {new_public_id(entropy) for _ in range(200)}
    assert len(ids) == len(names) == 200
    assert all(len(id) == 32 for id in ids) and all(len(name) == 7 for name in names)
    assert not set("".join(names)) & set("0O1IL2Z5S")
