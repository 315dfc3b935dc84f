"""The companies of the worlds: who works where and when, and what is closed at night."""

from functools import cache
from typing import Any

from bot.company import Company

_DAYS = ("mon", "tue", "wed", "thu", "fri")


def _own(name: str) -> dict[str, str]:
    return {"ja": name, "en": name}


def _site(name: str, location: str = "store", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": _own(f"{name} store"),
        "area": _own("east"),
        "location": location,
        "channel": f"chat:{name}",
        **more,
    }


def _person(name: str, role: str, *sites: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": _own(name.title()), "role": role, "sites": list(sites), **more}


def _company(policy: str, sites: list[Any], people: list[Any]) -> Company:
    return Company.model_validate(
        {
            "name": _own("Hinata"),
            "policy": policy,
            "desk": {"channel": "chat:desk"},
            "sites": sites,
            "people": people,
        }
    )


def _shift(start: str, end: str) -> list[dict[str, str]]:
    return [{"from": start, "to": end}]


_DESK = [
    _person("sato", "desk"),
    _person("suzuki", "desk"),
    _person("mori", "desk_lead"),
]


def _small() -> Company:
    """Three sites that never close, everybody always there."""
    sites = [_site("ginza"), _site("ueno"), _site("calls", "call_centre")]
    people = [
        *(_person(f"m{site['id']}", "manager", site["id"]) for site in sites),
        *(_person(f"d{site['id']}", "deputy", site["id"]) for site in sites),
        _person("takahashi", "area"),
        _person("watanabe", "hq"),
        *_DESK,
    ]
    return _company("standard", sites, people)


_OFFICE = _shift("09:00", "18:00")
"""From when the desk opens until it closes."""


def _thin() -> Company:
    """Few people, rungs that nobody holds, one channel for two sites, a desk that goes home."""
    sites = [_site("ginza"), _site("ueno", channel="chat:ginza"), _site("kobe")]
    people = [
        _person("mginza", "manager", "ginza"),
        _person("mueno", "manager", "ueno", shifts=_shift("08:00", "20:00")),
        _person("mkobe", "manager", "kobe", shifts=_shift("22:00", "06:00")),
        _person("watanabe", "hq", shifts=_OFFICE),
        _person("sato", "desk", shifts=_OFFICE),
        _person("mori", "desk_lead", shifts=_OFFICE),
    ]
    return _company("hennge", sites, people)


def _wide() -> Company:
    """Several zones, opening hours, shifts over midnight, summer time."""
    hours = {"open": dict.fromkeys(_DAYS, "09:00-18:00")}
    late = {"open": dict.fromkeys((*_DAYS, "sat"), "17:00-01:00")}
    sites = [
        _site("tokyo", hours=hours),
        _site("osaka", hours=late),
        _site("london", "office", zone="Europe/London", hours=hours),
        _site("boston", "visit", zone="America/New_York", hours=late),
        _site("sydney", zone="Australia/Sydney"),
    ]
    people = [
        *(
            _person(f"m{site['id']}", "manager", site["id"], shifts=_shift("07:00", "19:00"))
            for site in sites
        ),
        *(_person(f"d{site['id']}", "deputy", site["id"]) for site in sites),
        _person("takahashi", "area", "tokyo", "osaka"),
        _person("smith", "area", "london", "boston", "sydney", shifts=_shift("12:00", "24:00")),
        _person("watanabe", "hq"),
        *_DESK,
    ]
    return _company("gmo", sites, people)


_COMPANIES = {"small": _small, "thin": _thin, "wide": _wide}
NAMES = tuple(_COMPANIES)


@cache
def company_named(name: str) -> Company:
    """The company of this name."""
    return _COMPANIES[name]()
