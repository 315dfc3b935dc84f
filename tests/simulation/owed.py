"""What is owed at all: a duty that was never born chases nobody, and no other oracle sees it."""

from flows.presses import Verb
from tests.simulation.identity import DutyName
from tests.simulation.ledger import Act, Begun
from tests.simulation.verdict import Verdict

OF_A_REPORT = frozenset(
    {
        *("take.0", "care.0", "reply.0", "outcome.0", "recurrence.0"),
        *("check_in.3", "check_in.14", "check_in.30"),
        *("no_reprisal_check.30", "no_reprisal_check.90"),
    }
)
"""What every policy owes on every report that left; the questions by their days."""


def owed_at_all(verdict: Verdict, begun: Begun, acts: list[Act], duties: list[DutyName]) -> None:
    """Complains of what a report or call should have brought into the world and did not.

    A report that was perhaps withdrawn before it left owes nothing for sure. A call owes care
    however it ended, unless its caller may have said that it was a mistake.
    """
    said = {Verb(act.verb) for act in acts}
    born = {f"{duty.kind}.{duty.part}" for duty in duties}
    if begun.kind == "report":
        owed = frozenset[str]() if Verb.WITHDRAW in said else OF_A_REPORT
    else:
        owed = frozenset({"second_person.0"} | (set() if Verb.MISTAKE in said else {"care.0"}))
    for name in sorted(owed - born):
        verdict.complain("unborn", f"{begun.public_id} never owed {name}")
