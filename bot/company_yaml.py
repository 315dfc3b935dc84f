"""The company file as plain data. What YAML itself would pass over, or trip over, is refused."""

from typing import Any

import yaml
from yaml.nodes import MappingNode, ScalarNode


class WrongPart(Exception):
    """A part that cannot be meant: its name, its line, and what is wrong with it."""


class _Loader(yaml.CSafeLoader):
    """Takes nothing twice, and no day that does not exist. In C: a list of people may be long."""

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name in seen:
                raise WrongPart(f"{name}: line {key.start_mark.line + 1}: is there twice")
            seen |= {name} if name else set()
        return super().construct_mapping(node, deep)

    def day(self, node: ScalarNode) -> Any:
        """A day, or a moment of one."""
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            line = node.start_mark.line + 1
            raise WrongPart(f"line {line}: no such day") from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.day)


def read_yaml(text: str) -> Any:
    """The data. Raises WrongPart, or YAMLError for what is no YAML."""
    return yaml.load(text, _Loader)  # noqa: S506  it is a SafeLoader
