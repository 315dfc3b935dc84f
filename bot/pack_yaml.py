"""YAML text as plain data, and on which line each key stands.

Smaller than YAML on purpose: no tags, no anchors, no dates, and "on" and "no" are words.
A pack stays what it looks like, and nothing in a file can run code or grow without end.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Where = tuple[str | int, ...]

_DEEPEST = 20
_TAG = "tag:yaml.org,2002:"
_PLAIN = {f"{_TAG}{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq")} | {
    f"{_TAG}{kind}" for kind in ("timestamp", "merge", "value")
}
"""What YAML itself guesses; a tag that somebody wrote is refused."""
_SCALARS = {
    "bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "int": re.compile(r"[-+]?(0|[1-9][0-9]{0,17})"),
    "float": re.compile(r"[-+]?[0-9]+\.[0-9]+"),
    "null": re.compile(r"~|null|Null|NULL|"),
}


class Unreadable(Exception):
    """Something on one line that no pack can hold: what is wrong, and how to put it right."""

    def __init__(self, line: int, where: Where, wrong: str, fix: str) -> None:
        super().__init__(wrong)
        self.line, self.where, self.wrong, self.fix = line, where, wrong, fix


class _Loader(yaml.SafeLoader):
    """SafeLoader with no aliases and a limit on depth."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if self.check_event(AliasEvent) or getattr(event, "anchor", None):
            raise ComposerError(None, None, "anchors and aliases are not used", event.start_mark)
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ComposerError(None, None, "the nesting is too deep", event.start_mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def read_yaml(text: str) -> tuple[object, dict[Where, int]]:
    """The data and the line of every key and list entry; raises Unreadable."""
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise _syntax(mark.line + 1 if mark else 1, problem.problem or "") from None
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, problem.position) + 1
        raise _syntax(line, "a character that cannot be shown") from None
    lines: dict[Where, int] = {}
    return (None if node is None else _data(node, (), lines)), lines


def _syntax(line: int, problem: str) -> Unreadable:
    fix = "Check the indentation, colons and quotes here and on the line above"
    if "\\t" in problem:
        fix = "Indent with spaces, not with tabs"
    elif "another document" in problem:
        fix = "Keep one pack in one file, without a second --- line"
    elif "alias" in problem:
        fix = "Write the text out in full; put texts that begin with & or * in quotes"
    return Unreadable(line, (), f"not readable as YAML ({problem})", fix)


def _data(node: Node, where: Where, lines: dict[Where, int]) -> object:
    if node.tag not in _PLAIN:
        raise Unreadable(_line(node), where, "a YAML tag is not used in packs", "Remove the !tag")
    if isinstance(node, MappingNode):
        return _mapping(node, where, lines)
    if isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*where, index)] = _line(item)
        return [_data(item, (*where, index), lines) for index, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return _scalar(node)


def _mapping(node: MappingNode, where: Where, lines: dict[Where, int]) -> Mapping[str, object]:
    data: dict[str, object] = {}
    for key_node, value in node.value:
        if not isinstance(key_node, ScalarNode):
            raise Unreadable(_line(key_node), where, "a key must be one word", "Write key: value")
        key = key_node.value
        inside = (*where, key)
        if key in data:
            raise Unreadable(
                _line(key_node),
                inside,
                f"written twice; the first is on line {lines[inside]}",
                "Keep one of the two",
            )
        lines[inside] = _line(key_node)
        data[key] = _data(value, inside, lines)
    return data


def _scalar(node: ScalarNode) -> object:
    text: str = node.value
    if node.style is not None:  # quoted, or a block of text
        return text
    kind = next((kind for kind, form in _SCALARS.items() if form.fullmatch(text)), "str")
    if kind == "bool":
        return text.lower() == "true"
    if kind == "null":
        return None
    return int(text) if kind == "int" else float(text) if kind == "float" else text


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
