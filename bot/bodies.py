"""What is sealed inside a case: the answers, the words, and who sent it if they said so."""

from typing import Literal

from pydantic import Field, TypeAdapter

from flows.aftercare import Word
from flows.assessment import Verdict
from flows.case_view import CareWord
from flows.clocks import Urgency
from flows.commitments import ResponseStep
from flows.file_kinds import FileKind
from flows.outcomes import Report
from flows.phrases import Frozen
from flows.scene import DayPart


class VaultPointer(Frozen):
    """Which row of the vault is this case's, and what opens it; both in hex."""

    key: str
    secret: str


class KeptCopy(Frozen):
    """One copy of a file: its bytes are chunks in the database."""

    chunks: int
    size: int
    """In bytes, without what it is padded with."""
    sha256: str


class KeptFile(Frozen):
    """A file of evidence. Its name was never read, and nothing says when it came."""

    id: str
    kind: FileKind
    ending: str
    original: KeptCopy
    shown: KeptCopy | None = None
    """What the desk sees of a picture; None for what can only be downloaded."""


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
    reporter_id: str | None = None
    """Who sent it, where a platform knows and the report has a name: never asked to come."""
    check_ins: dict[str, Word] = Field(default_factory=dict)
    """The answers to check-ins, by kind and day, as "check_in.3"."""
    responses: tuple[ResponseStep, ...] = ()
    desk_moved: bool = False
    """Somebody kept out was found in the desk's channel: the case is at the second desk."""
    vault: VaultPointer | None = None
    """None for a case from before there was a vault."""
    files: tuple[KeptFile, ...] = ()
    measure: str = ""
    """What keeps it from happening again, or why nothing can: written by the desk."""


class HelpBody(Frozen):
    """A call for help: where, and whether it was pressed by mistake."""

    kind: Literal["help"] = "help"
    site_id: str
    spot: str | None = None
    mistaken: bool = False
    language: str
    caller_id: str | None = None
    """Who called, where a platform knows it: never asked to come to their own call."""
    caller_name: str | None = None
    """The caller as their platform names them, "" where it did not say; None from the page, which
    knows nobody. Who is on the roster has their name from there."""
    vault: VaultPointer | None = None
    asked_last: bool = False
    """An hour passed, and the last question stands on the caller's page."""


Body = ReportBody | HelpBody


def site_of(body: Body) -> str:
    """The id of the site a case is about."""
    return body.report.site_id if isinstance(body, ReportBody) else body.site_id


def sender_of(body: Body) -> str | None:
    """Who sent it, where somebody may know: they are never asked about their own case."""
    return body.reporter_id if isinstance(body, ReportBody) else body.caller_id


_READ: TypeAdapter[Body] = TypeAdapter(Body)


def pack(body: Body) -> bytes:
    """The body as bytes for sealing."""
    return body.model_dump_json().encode()


def unpack(data: bytes) -> Body:
    """The body behind opened bytes."""
    return _READ.validate_json(data)
