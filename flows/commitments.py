"""What each promise of a published policy sets in motion.

A promise that changes nothing is decoration, so every commitment id maps to what the
product does about it: a duty somebody owes on a case, a text somebody reads, or a
setting somebody fills in.
"""

from dataclasses import dataclass
from enum import StrEnum


class DutyKind(StrEnum):
    """What somebody owes on a case. Ids are stored; never rename one."""

    TAKE = "take"
    CARE = "care"
    SECOND_PERSON = "second_person"
    NEXT_CONTACT = "next_contact"  # nobody alone with this customer next time
    REPLY = "reply"
    FOLLOW_UP = "follow_up"  # speak with the person now: they said that it got worse
    FACT_CHECK = "fact_check"
    OUTCOME = "outcome"  # tell the reporter what was found and done
    PHYSICIAN = "physician"
    EXPERTS = "experts"
    LAWYER = "lawyer"
    EXTERNAL_RESPONSE = "external_response"
    RECURRENCE = "recurrence"
    COMMITTEE_REPORT = "committee_report"
    CHECK_IN = "check_in"
    NO_REPRISAL_CHECK = "no_reprisal_check"


class ResponseStep(StrEnum):
    """What the company says or does towards the customer, from mild to firm. Ids are stored."""

    TALK = "talk"
    ASK = "ask"
    WARN = "warn"
    STOP = "stop"
    BAN = "ban"
    END = "end"
    SUSPEND = "suspend"
    POLICE = "police"
    LAWYER = "lawyer"
    NONE = "none"


class TextKind(StrEnum):
    """Where a person reads the promise."""

    RUNBOOK = "runbook"  # the cards "what you may do now", on the result and under our policy
    FIRST_CARD = "first_card"  # help and check, one tap from the start
    POLICY_PAGE = "policy_page"  # the employee's "our policy"
    POSTER = "poster"  # the poster for customers
    BEFORE_SENDING = "before_sending"  # the last screen before a report leaves
    UNCLEAR_RESULT = "unclear_result"  # the result that hands a fair complaint to someone else
    RESPONSE_LADDER = "response_ladder"  # the steps the desk chooses from


class SettingKind(StrEnum):
    """Which part of the company's own data carries the promise."""

    DESK = "desk"
    CONTACTS = "contacts"
    OWNER = "owner"


@dataclass(frozen=True)
class Commitment:
    """A promise and what it sets in motion: at least one duty, text or setting."""

    id: str
    duties: tuple[DutyKind, ...] = ()
    texts: tuple[TextKind, ...] = ()
    settings: tuple[SettingKind, ...] = ()
    steps: tuple[ResponseStep, ...] = ()
    """The steps towards the customer that the desk may then choose from."""
    contact: str | None = None
    """The id of the contact a pack must list, where the promise names an outside helper."""


_D, _T, _S, _R = DutyKind, TextKind, SettingKind, ResponseStep


def _announces(id: str, *steps: ResponseStep) -> Commitment:
    """What customers are told may follow: on each case the desk owes a word on which it was."""
    texts = (_T.RESPONSE_LADDER, _T.POSTER)
    return Commitment(id, duties=(_D.EXTERNAL_RESPONSE,), texts=texts, steps=steps)


_ALL = [
    Commitment("in.awareness", texts=(_T.POLICY_PAGE, _T.RUNBOOK)),
    Commitment("in.desk", duties=(_D.TAKE, _D.REPLY), settings=(_S.DESK,)),
    Commitment("in.prompt_report", texts=(_T.FIRST_CARD,)),
    Commitment("in.procedure", texts=(_T.RUNBOOK,)),
    Commitment("in.discuss_response", duties=(_D.REPLY, _D.OUTCOME)),
    Commitment("in.care_first", duties=(_D.CARE, _D.CHECK_IN)),
    Commitment(
        "in.physician", duties=(_D.PHYSICIAN,), settings=(_S.CONTACTS,), contact="physician"
    ),
    Commitment("in.experts", duties=(_D.EXPERTS,), settings=(_S.CONTACTS,), contact="experts"),
    Commitment("in.lawyer_route", duties=(_D.LAWYER,), settings=(_S.CONTACTS,), contact="lawyer"),
    Commitment("in.multi_person", duties=(_D.SECOND_PERSON, _D.NEXT_CONTACT)),
    Commitment("in.privacy_rule", texts=(_T.BEFORE_SENDING, _T.POLICY_PAGE)),
    Commitment("in.no_retaliation", duties=(_D.NO_REPRISAL_CHECK,), texts=(_T.BEFORE_SENDING,)),
    Commitment("in.committee_report", duties=(_D.COMMITTEE_REPORT,)),
    Commitment("in.recurrence", duties=(_D.RECURRENCE,)),
    Commitment("in.owner", settings=(_S.OWNER,)),
    Commitment("in.good_service", texts=(_T.UNCLEAR_RESULT,)),
    Commitment("ex.publish", texts=(_T.POSTER,)),
    Commitment("ex.listen", texts=(_T.UNCLEAR_RESULT, _T.POSTER)),
    Commitment("ex.org_firm", duties=(_D.EXTERNAL_RESPONSE,), texts=(_T.POSTER,)),
    _announces("ex.dialogue", _R.TALK),
    _announces("ex.ask_understanding", _R.ASK),
    _announces("ex.stop_response", _R.STOP),
    _announces("ex.ban", _R.BAN),
    _announces("ex.terminate", _R.END),
    _announces("ex.suspend_tos", _R.SUSPEND),
    _announces("ex.police_lawyer", _R.POLICE, _R.LAWYER),
    Commitment("ex.record_calls", texts=(_T.POSTER, _T.POLICY_PAGE)),
    Commitment("ex.contact", texts=(_T.POSTER,), settings=(_S.CONTACTS,), contact="public"),
]

COMMITMENTS: dict[str, Commitment] = {commitment.id: commitment for commitment in _ALL}
"""Every commitment by id: `in.` promises to staff, `ex.` towards customers."""
