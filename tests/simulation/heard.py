"""The oracle of those who need somebody to speak with them: the desk is asked to, whatever else
became of their report."""

from flows.presses import Verb
from tests.simulation.alerts import Alerts
from tests.simulation.identity import DutyName
from tests.simulation.ledger import Act, Begun
from tests.simulation.verdict import Verdict

DAY = 86_400.0
ASKED_BY = {Verb.WRITE: DAY, Verb.WISH_TO_TALK: 10 * DAY}
"""Until when somebody at the desk has been asked for sure: in danger at any hour; for a wish as
the desk opens, after the longest row of holidays."""


def heard(
    verdict: Verdict,
    begun: Begun,
    acts: list[Act],
    duties: list[DutyName],
    alerts: Alerts,
    end: float,
) -> None:
    """Whoever wrote of danger, or said that they would like to talk, is asked about at the desk."""
    talks = [duty for duty in duties if duty.kind == "follow_up"]
    asked = any(alerts.about(duty.id) for duty in talks)
    for act in acts:
        verb = Verb(act.verb)
        if not act.recorded or (verb is Verb.WRITE and not act.danger) or verb not in ASKED_BY:
            continue
        verdict.count("asked_to_be_spoken_with")
        name = f"{begun.public_id}, {verb.value} at {act.reach.began:.0f}"
        if not talks:
            verdict.complain("unheard", f"{name}: nobody is to speak with them")
        elif not asked and act.reach.until + ASKED_BY[verb] < end:
            verdict.complain("unheard", f"{name}: nobody was asked to speak with them")
