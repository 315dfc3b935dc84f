"""The proxy in front, as docs/serving.md sets it up: it keeps nothing and turns nothing away."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def told() -> Mapping[str, str]:
    """What the guide's nginx is told, by its own words for it."""
    guide = (ROOT / "docs" / "serving.md").read_text("utf-8")
    (block,) = re.findall(r"```nginx\n(.*?)```", guide, re.DOTALL)
    return {name: rest for name, rest in re.findall(r"^\s*(\w+) +([^;{]+);$", block, re.MULTILINE)}


def test_no_log_says_who_opened_a_page_at_what_minute(told: Mapping[str, str]) -> None:
    # At its own level the error log holds the address and the request of whatever failed.
    assert told["access_log"] == "off"
    assert told["error_log"] == "/dev/null emerg"


def test_nothing_of_a_report_is_written_to_a_disk_on_the_way(told: Mapping[str, str]) -> None:
    assert told["proxy_request_buffering"] == told["proxy_buffering"] == "off"
    assert told["proxy_http_version"] == "1.1"  # or nginx holds back what comes in chunks


def test_whatever_a_page_lets_somebody_choose_comes_through(told: Mapping[str, str]) -> None:
    field = {name: each.default for name, each in Settings.model_fields.items()}
    largest = max(field["picture_megabytes"], field["recording_megabytes"])
    allowed = int(told["client_max_body_size"].removesuffix("m"))
    # All files of a page come in one request, and more than fit are the service's to refuse.
    assert allowed == 0 or allowed > field["evidence_files"] * largest


def test_every_directive_of_the_proxy_that_needs_a_reason_has_one(told: Mapping[str, str]) -> None:
    guide = (ROOT / "docs" / "serving.md").read_text("utf-8").partition("```nginx")[2]
    reasons = guide.partition("```")[2].partition("\n## ")[0]
    for name in ("proxy_buffering", "proxy_request_buffering", "access_log", "error_log"):
        assert f"- `{name} {told[name]}`" in reasons
    assert f"- `client_max_body_size {told['client_max_body_size']}`" in reasons
