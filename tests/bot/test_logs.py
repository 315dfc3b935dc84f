"""Logs hold ids and fixed words; what anybody wrote never gets into a line."""

import ast
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.logs import set_up_logs
from tests.bot.test_watch import CLEAN

CANARY = "canary-7f3a"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def test_a_field_that_is_not_on_the_list_never_appears(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(for_people=False)
    structlog.get_logger().error(
        "job_failed", kind="card", attempts=3, words=CANARY, name=CANARY, token=CANARY, case=CANARY
    )
    (line,) = lines(capsys)
    assert set(line) == {"event", "level", "timestamp", "kind", "attempts"}
    assert (line["event"], line["level"]) == ("job_failed", "error")


def test_what_the_self_audit_counts_may_be_logged(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(for_people=False)
    counts = {**CLEAN.findings(), "exhausted_duties": 2}
    structlog.get_logger().error("audit_red", **counts)
    (line,) = lines(capsys)
    assert line.items() >= counts.items()


def test_a_trace_is_no_field(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(for_people=False)
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger().exception("job_failed", kind="card", stack_info=True)
    (line,) = lines(capsys)
    assert CANARY not in json.dumps(line)


def test_the_lines_for_people_hold_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(for_people=True)
    structlog.get_logger().error("job_failed", kind="card", words=CANARY)
    shown = capsys.readouterr().err
    assert "job_failed" in shown and "card" in shown and CANARY not in shown


@pytest.mark.parametrize("for_people", [True, False])
def test_a_librarys_warning_carries_no_text(
    capsys: pytest.CaptureFixture[str], for_people: bool
) -> None:
    set_up_logs(for_people=for_people)
    library = logging.getLogger("aiohttp.server")
    library.warning("request %s failed", CANARY)
    library.error(CANARY, extra={"words": CANARY})
    try:
        raise ValueError(CANARY)
    except ValueError:
        library.exception(CANARY, stack_info=True)
    shown = capsys.readouterr().err
    assert shown.count("library_warning") == 3 and "aiohttp.server" in shown
    assert CANARY not in shown and "Traceback" not in shown


def test_a_librarys_smaller_words_are_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(for_people=False)
    logging.getLogger("sqlalchemy.engine").info("INSERT %s", CANARY)
    logging.getLogger("aiohttp.access").debug(CANARY)
    assert lines(capsys) == []


def test_a_librarys_line_says_where_and_how_bad(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(for_people=False)
    logging.getLogger("asyncio").error(CANARY)
    assert lines(capsys) == [{"event": "library_warning", "logger": "asyncio", "level": "error"}]


def test_every_field_that_is_logged_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """A figure that the guides tell somebody to look for stands in the line."""
    set_up_logs(for_people=False)
    for place, names in sorted(logged_fields()):
        structlog.get_logger().error("looked", **dict.fromkeys(names, 1))
        (line,) = lines(capsys)
        assert set(names) <= set(line), place


def logged_fields() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names that each log line of the product is given, and where."""
    for area in ("bot", "adapters", "storage"):
        for path in sorted((ROOT / area).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
                    names = tuple(word.arg for word in node.keywords if word.arg)
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", names
