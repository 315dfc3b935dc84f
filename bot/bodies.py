"""What is sealed inside a case: the answers, the words, and who sent it if they said so."""

from typing import Literal

from pydantic import TypeAdapter

from flows.assessment import Verdict
from flows.case_view import CareWord
from flows.clocks import Urgency
from flows.outcomes import Report
from flows.phrases import Frozen
from flows.scene import DayPart


class ReportBody(Frozen):
    """A report. No part of it is ever written outside a case's sealed column."""

    kind: Literal["report"] = "report"
    report: Report
    verdict: Verdict
    urgency: Urgency
    words: str = ""
    typed_name: str = ""
    """Typed on the web, not verified; empty when unnamed."""
    language: str
    day_part: DayPart
    self_harm_hint: bool = False
    care_word: CareWord = CareWord.NONE
    """The unnamed reporter's word about care, for the desk alone."""


class HelpBody(Frozen):
    """A call for help: where, and whether it was pressed by mistake."""

    kind: Literal["help"] = "help"
    site_id: str
    spot: str | None = None
    mistaken: bool = False
    language: str


Body = ReportBody | HelpBody

_READ: TypeAdapter[Body] = TypeAdapter(Body)


def pack(body: Body) -> bytes:
    """The body as bytes for sealing."""
    return body.model_dump_json().encode()


def unpack(data: bytes) -> Body:
    """The body behind opened bytes."""
    return _READ.validate_json(data)
