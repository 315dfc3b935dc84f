"""`mamori policy check` and `mamori policy show`, as an operator sees them."""

from io import StringIO
from pathlib import Path

import pytest

from bot.packs import BUILTIN, builtin_pack, builtin_pack_ids
from bot.policy_commands import check_packs, show_pack


def test_a_sound_pack_is_told_in_one_line() -> None:
    out = StringIO()
    assert check_packs([BUILTIN / "hennge.yaml"], out) == 0
    assert out.getvalue() == "OK hennge: 21 acts, 16 commitments\n"


def test_every_file_is_checked_and_any_problem_fails_the_command(
    tmp_path: Path,
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("titel: x\n", encoding="utf-8")
    out = StringIO()
    assert check_packs([broken, BUILTIN / "gmo.yaml"], out) == 1
    assert f'{broken}:1: titel: unknown key. Did you mean "title"?\n' in out.getvalue()
    assert "OK gmo:" in out.getvalue()


@pytest.mark.parametrize("id", builtin_pack_ids())
@pytest.mark.parametrize("language", ["ja", "en", "ja_simple"])
@pytest.mark.parametrize("poster", [True, False])
def test_every_built_in_pack_can_be_shown(id: str, language: str, poster: bool) -> None:
    out = StringIO()
    assert show_pack(id, language, poster, out) == 0
    assert "{" not in out.getvalue()
    assert len(out.getvalue().splitlines()) > 5


def test_a_pack_is_shown_by_its_file_as_well() -> None:
    by_file, by_id = StringIO(), StringIO()
    show_pack(BUILTIN / "bengo4.yaml", "en", False, by_file)
    show_pack("bengo4", "en", False, by_id)
    assert by_file.getvalue() == by_id.getvalue()
    assert "Established" not in by_id.getvalue()
    assert "Since: 1 April 2025" in by_id.getvalue()
    assert "Complaints and consultations: +81-3-5549-2555" in by_id.getvalue()


def test_the_page_says_what_may_be_ended_without_asking() -> None:
    out = StringIO()
    show_pack("standard", "ja", False, out)
    assert "あなたの判断で終えてよいもの" in out.getvalue()


def test_the_poster_speaks_to_customers_and_keeps_inner_promises_inside() -> None:
    out = StringIO()
    show_pack("standard", "en", True, out)
    standard = builtin_pack("standard")
    assert out.getvalue().startswith("\n# To our customers\n")
    assert standard.commitments["in.no_retaliation"].name.en not in out.getvalue()


def test_an_unknown_language_or_pack_is_told_and_fails(tmp_path: Path) -> None:
    out = StringIO()
    assert show_pack("standard", "fr", False, out) == 1
    assert "Use one of en, ja, ja_simple." in out.getvalue()
    assert show_pack("no_such_pack", "ja", False, out) == 1
    assert "there is no such file" in out.getvalue()
