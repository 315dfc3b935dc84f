"""As much of a view as Slack takes. What is pressed or typed into always stays.

Of what is only read, the beginning and the end stay, for that is what was written first and
what was written last; what had to go is said where it stood.
"""

import json
import re

from adapters.slack.blocks import VIEW_BLOCKS, VIEW_BYTES, Block, Blocks

_BEGINNING = 0.6
"""The share of the room that the beginning may take."""


def fitting(blocks: Blocks, left_out: Blocks) -> Blocks:
    """The blocks that fit, with `left_out` in place of those that do not."""
    written = [json.dumps(block) for block in blocks]
    if len(blocks) <= VIEW_BLOCKS and sum(map(len, written)) <= VIEW_BYTES // 3:
        return blocks  # however much of it a form writes as three
    sizes = [_in_a_form(text) for text in written]
    if len(blocks) <= VIEW_BLOCKS and sum(sizes) <= VIEW_BYTES:
        return blocks
    kept = {number for number, block in enumerate(blocks) if _is_used(block)}
    count = VIEW_BLOCKS - len(kept) - len(left_out)
    room = (
        VIEW_BYTES
        - sum(sizes[number] for number in kept)
        - sum(_in_a_form(json.dumps(block)) for block in left_out)
    )
    read = [number for number in range(len(blocks)) if number not in kept]
    first = _taken(read, sizes, int(count * _BEGINNING), int(room * _BEGINNING))
    room -= sum(sizes[number] for number in first)
    last = _taken(read[len(first) :][::-1], sizes, count - len(first), room)
    kept |= {*first, *last}
    gap = read[len(first)]
    before = [block for number, block in enumerate(blocks) if number in kept and number < gap]
    after = [block for number, block in enumerate(blocks) if number in kept and number > gap]
    return [*before, *left_out, *after]


def _taken(numbers: list[int], sizes: list[int], count: int, room: int) -> list[int]:
    """The first of these blocks that fit into a count and a room."""
    taken: list[int] = []
    for number in numbers:
        room -= sizes[number]
        if room < 0 or len(taken) == count:
            break
        taken.append(number)
    return taken


def _is_used(block: Block) -> bool:
    return block["type"] in ("input", "actions")


_ESCAPED = re.compile(r"[^\w.~ -]", re.ASCII)


def _in_a_form(text: str) -> int:
    """Bytes of a block's JSON in a form, with the comma behind it."""
    return len(text) + 2 * len(_ESCAPED.findall(text)) + 6
