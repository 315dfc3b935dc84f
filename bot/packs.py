"""Reads policy packs from files and says exactly what is wrong with one, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from bot.pack_problems import explain
from bot.pack_yaml import Unreadable, Where, read_yaml
from flows import policy as policy_module
from flows.policy import Policy

BUILTIN = Path(policy_module.__file__).parent / "policies"
STANDARD = BUILTIN / "standard.yaml"
STANDARD_SECTIONS = (
    "thresholds",
    "clocks",
    "ladders",
    "aftercare",
    "retention",
    "desk_hours",
    "locations",
    "may_end",
    "runbooks",
)
"""What published policies are silent on: a pack that leaves one out gets the standard one."""
LARGEST_PACK = 1_000_000


@dataclass(frozen=True)
class Problem:
    """One thing to put right, and where."""

    file: str
    line: int
    key: str
    """Dotted, as "commitments.in.desk.name.ja"; empty for the whole file."""
    wrong: str
    fix: str

    def __str__(self) -> str:
        place = (
            f"{self.file}:{self.line}: {self.key}: " if self.key else f"{self.file}:{self.line}: "
        )
        end = "" if self.fix.endswith("?") else "."
        return f"{place}{self.wrong}. {self.fix}{end}"


class PackError(Exception):
    """The pack cannot be used; `problems` has everything found, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def builtin_pack_ids() -> tuple[str, ...]:
    """The packs that come with the product, the standard one first."""
    names = sorted(path.stem for path in BUILTIN.glob("*.yaml"))
    return tuple(sorted(names, key=lambda name: name != STANDARD.stem))


@cache
def builtin_pack(id: str) -> Policy:
    """One of the product's own packs, read once; KeyError for any other id."""
    if id not in builtin_pack_ids():
        raise KeyError(id)
    return read_pack(BUILTIN / f"{id}.yaml")


def read_pack(path: Path) -> Policy:
    """The pack in a file; PackError lists every problem found, with its line."""
    data, lines = _read(path)
    filled = {**_standard_sections(path), **data}
    try:
        return Policy.model_validate(filled)
    except ValidationError as invalid:
        found = [one for error in invalid.errors(include_url=False) for one in explain(error)]
        raise PackError(
            [
                Problem(str(path), _line(where, lines), _dotted(where), wrong, fix)
                for where, (wrong, fix) in found
            ]
        ) from None


def _standard_sections(path: Path) -> dict[str, object]:
    if path.resolve() == STANDARD.resolve():
        return {}
    return _standard()


@cache
def _standard() -> dict[str, object]:
    data, _ = _read(STANDARD)
    return {section: data[section] for section in STANDARD_SECTIONS}


def _read(path: Path) -> tuple[dict[str, object], dict[Where, int]]:
    def refuse(line: int, where: Where, wrong: str, fix: str) -> PackError:
        return PackError([Problem(str(path), line, _dotted(where), wrong, fix)])

    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_PACK + 1)
    except FileNotFoundError:
        raise refuse(1, (), "there is no such file", "Check the path") from None
    except OSError as problem:
        reason = (problem.strerror or "unknown reason").lower()
        raise refuse(1, (), f"cannot be opened ({reason})", "Check the path and rights") from None
    if len(raw) > LARGEST_PACK:
        raise refuse(1, (), "larger than 1 MB", "A pack is text; shorten it")
    try:
        data, lines = read_yaml(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as bad:
        line = raw.count(b"\n", 0, bad.start) + 1
        raise refuse(line, (), "not UTF-8 text", "Save the file as UTF-8") from None
    except Unreadable as bad:
        raise refuse(bad.line, bad.where, bad.wrong, bad.fix) from None
    if not isinstance(data, dict):
        raise refuse(1, (), "not a pack of keys and values", "Start from the standard pack")
    return data, lines


def _line(where: Where, lines: dict[Where, int]) -> int:
    """The line of the key, or of the nearest key around it that is in the file."""
    ends = range(len(where), 0, -1)
    return next((lines[where[:end]] for end in ends if where[:end] in lines), 1)


def _dotted(where: Where) -> str:
    return ".".join(str(part) for part in where)
