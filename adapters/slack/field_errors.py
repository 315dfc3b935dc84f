"""What was wrong with what somebody typed, said at its field."""

from adapters.slack.fields import field_block, group_block
from adapters.slack.inbound import Shown
from adapters.slack.screens import Held
from bot.conversations import Next, Screen
from flows.phrases import Phrase
from flows.screens import Ask


def at_the_field(following: Next, shown: Shown) -> Held | None:
    """What is missing or wrong, said at its field: the top of a long modal is out of sight.

    None where there is more to draw than that, such as buttons to choose from.
    """
    if not isinstance(following, Screen) or following.problem is None:
        return None
    block_id = _wrong_block(following.ask, shown, following.problem)
    if block_id is None or len(following.ask.buttons) > 1:
        return None
    return Held(block_id, shown.kept.language, following.problem)


def _wrong_block(ask: Ask, shown: Shown, problem: Phrase) -> str | None:
    """The input that a problem is about, if it stands on the modal as it is shown."""
    typed = next((one.id for one in ask.fields if one.wrong and one.id in shown.typed), None)
    if typed is not None:
        return field_block(ask.step, typed, 0)
    empty = (one for one in ask.groups if not shown.chosen.get(one.id))
    group = next((one.id for one in empty if one.missing == problem), None)
    return None if group is None else group_block(ask.step, group, 0)
