"""Days on which a place stays closed that no calendar of public holidays knows."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator

FEWEST_OPEN_DAYS = 14
"""So many days in a row each year, so that every weekday comes and no promise waits for ever."""

_LEAP_YEAR = 2024
_MONTH_AND_DAY = r"[0-9]{2}-[0-9]{2}"
_FORM = re.compile(
    rf"([0-9]{{4}}-{_MONTH_AND_DAY})(?:\.\.([0-9]{{4}}-{_MONTH_AND_DAY}))?"
    rf"|({_MONTH_AND_DAY})(?:\.\.({_MONTH_AND_DAY}))?"
)


def _closed(value: Any) -> Any:
    text = str(value)
    try:
        _read(text)
    except ValueError:
        raise ValueError(
            'write closed days as "12-29..01-03" or "06-01" for each year, or with the year,'
            ' such as "2026-08-13..2026-08-16"'
        ) from None
    return text


ClosedText = Annotated[str, BeforeValidator(_closed)]
"""A day or a range of days, both ends included; without a year it comes back every year."""


def holds_day(text: str, day: date) -> bool:
    """Whether a closed day or range holds `day`."""
    first, last, yearly = _read(text)
    if not yearly:
        return first <= day <= last
    present, start, end = (day.month, day.day), (first.month, first.day), (last.month, last.day)
    if start <= end:
        return start <= present <= end
    return present >= start or present <= end


def leaves_days(closed: Iterable[str]) -> bool:
    """Whether what is closed each year leaves enough days of it in a row."""
    yearly = [text for text in closed if _read(text)[2]]
    run = 0
    # Twice around, for the longest run may lie across the turn of the year.
    for offset in range(2 * 366):
        day = date(_LEAP_YEAR, 1, 1) + timedelta(days=offset % 366)
        run = 0 if any(holds_day(text, day) for text in yearly) else run + 1
        if run >= FEWEST_OPEN_DAYS:
            return True
    return False


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[date, date, bool]:
    """First day, last day, and whether it comes back every year."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(text)
    if match[1]:
        first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2] or match[1])
        if last < first:
            raise ValueError(text)
        return first, last, False
    start, end = match[3], match[4] or match[3]
    return _in_leap_year(start), _in_leap_year(end), True


def _in_leap_year(text: str) -> date:
    return date.fromisoformat(f"{_LEAP_YEAR}-{text}")
