"""What the documents say is tested is tested: every test that they name exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
THREATS, PRIVACY = (ROOT / "docs" / name for name in ("threats.md", "privacy.md"))
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PLACE = re.compile(r"`(tests/[\w/.]+)`")


@pytest.mark.parametrize("page", [THREATS, PRIVACY], ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    named = TEST.findall(text)
    assert named
    for file, name in named:
        source = (ROOT / file).read_text("utf-8")
        assert re.search(rf"^(async )?def {name}\(", source, re.M), f"{file}::{name}"
    missing = [place for place in PLACE.findall(text) if not (ROOT / place).exists()]
    assert missing == []


def test_each_of_the_twenty_four_threats_has_its_line() -> None:
    rows = re.findall(r"^\| T(\d+) \|[^|]+\|([^|]+)\|$", THREATS.read_text("utf-8"), re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 25))
    for number, tried in rows:
        said = TEST.search(tried) or "not built" in tried or "no test tries" in tried
        assert said, f"T{number} has neither a test nor a word that there is none"
