"""A report that nobody walked through the screens for."""

from flows.acts import Chip
from flows.assessment import Effect, Safety
from flows.outcomes import Report, Visibility


def named_report(**changed: object) -> Report:
    """Of a customer's words, over by now, with a name that the site may not know, sent at once."""
    return Report(
        site_id="shinjuku",
        safety=Safety.OVER,
        chips=(Chip("c"),),
        effects=(Effect.DISTRESS,),
        demand=None,
        length=None,
        after_stop=None,
        injured=False,
        per_se=(),
        visibility=Visibility.NAMED,
        site_may_know=False,
        send_now=True,
        name_site=True,
    ).model_copy(update=changed)
