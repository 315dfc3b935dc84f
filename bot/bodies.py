"""What is sealed inside a case: the answers and the words; apart from them, who sent it and
how they are. Each part has a key of its own, and who opens which is decided in `bot.rights`."""

from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import Field, TypeAdapter, field_validator, model_validator

from bot.case_records import BodyParts
from flows.aftercare import Word
from flows.assessment import Verdict
from flows.case_view import CareWord, opened
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


class KeptMeasure(Frozen):
    """What keeps it from happening again, or why nothing can: as the desk wrote it."""

    text: str
    at: datetime | None = None
    """None for one from before the day was kept with it."""


class KeptOut(Frozen):
    """Somebody whom the reporter keeps out, as the roster knew them when the report was sent.

    A later roster may know them by other ids, in another role, or not at all: they go on reading
    the channels that they are in.
    """

    id: str
    accounts: tuple[str, ...]
    """Each as the platform, a colon, and the account there as the company wrote it."""


class Identity(Frozen):
    """Who sent a case, where somebody may know. Nobody knows: then it is there, and says so."""

    person_id: str | None = None
    """Who sent it, where a platform knows them and it has a name: never asked to come."""
    name: str | None = None
    """Of a report, as typed, not verified; "" when unnamed. Of a call, as their platform names
    them, "" where it did not say; None from the page, which knows nobody. Who is on the roster
    has their name from there."""

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str | None) -> str | None:
        # A control character takes six bytes as JSON, and every row is to have one size.
        return None if name is None else "".join(" " if char < " " else char for char in name)


class Health(Frozen):
    """How somebody is, in their own words and answers. For the desk and themselves alone."""

    self_harm_hint: bool = False
    care_word: CareWord = CareWord.NONE
    """The unnamed reporter's word about care."""
    care_denied: bool = False
    """Somebody says that they gave care, and the reporter last said that nobody had."""
    wishes_to_talk: bool = False
    """They pressed at any time that they would like to talk."""
    check_ins: dict[str, Word] = Field(default_factory=dict)
    """The answers to check-ins, by kind and day, as "check_in.3"."""


class _Sealed(Frozen):
    """What both kinds of case have sealed apart. None: a part that was not opened."""

    identity: Identity | None
    health: Health | None
    vault: VaultPointer | None = None
    """None for a case from before there was a vault."""


class ReportBody(_Sealed):
    """A report. No part of it is ever written outside a case's sealed rows."""

    kind: Literal["report"] = "report"
    report: Report
    verdict: Verdict
    urgency: Urgency
    words: str = ""
    call: str = ""
    """The number of the call for help that it belongs to, as the reporter says. Only here: no
    row leads from a report to a call, or back."""
    language: str
    day_part: DayPart
    responses: tuple[ResponseStep, ...] = ()
    over_said: bool = False
    """It went on when this was sent; since then the reporter says that it is over."""
    desk_moved: bool = False
    """Somebody kept out was found in the desk's channel: the case is at the second desk."""
    kept_out: tuple[KeptOut, ...] = ()
    """Everybody whom the reporter keeps out, by name or by role. Of a report from before this was
    kept, and of whom no roster knew then, nobody: then only their ids are known."""
    files: tuple[KeptFile, ...] = ()
    went_with_it: tuple[str, ...] = ()
    """The duties that ended when it was taken back, and are owed again if it is sent after all."""
    said_before: tuple[str, ...] = ()
    """Those of them of which somebody had said that they are done: the reporter's own word alone
    was missing."""
    measures: tuple[KeptMeasure, ...] = ()
    """In order; what was noted is never written over."""

    @model_validator(mode="before")
    @classmethod
    def _was_otherwise(cls, found: Any) -> Any:
        found = _noted_before(found)
        return _taken_apart(found, {"reporter_id": "person_id", "typed_name": "name"})


class HelpBody(_Sealed):
    """A call for help: where, and whether it was pressed by mistake."""

    kind: Literal["help"] = "help"
    site_id: str
    spot: str | None = None
    mistaken: bool = False
    moved: bool = False
    """The caller is at another site, where they called help anew."""
    instead_of: tuple[str, ...] = ()
    """The sites where they called before and are not: the page of a poster there leads here."""
    language: str
    asked_last: bool = False
    """An hour passed, and the last question stands on the caller's page."""
    called_over: bool = False
    """Somebody who came says that it is over; the caller did not."""
    again_at: datetime | None = None
    """When the caller last said that they still need help."""
    not_cared_for: bool = False
    """The caller says that nobody has looked after them, since they last called."""

    @model_validator(mode="before")
    @classmethod
    def _was_whole(cls, found: Any) -> Any:
        return _taken_apart(found, {"caller_id": "person_id", "caller_name": "name"})


Body = ReportBody | HelpBody
_Some = TypeVar("_Some", ReportBody, HelpBody)


def _noted_before(found: Any) -> Any:
    """A body from when there was room for one measure: that one is the first now."""
    if not isinstance(found, dict) or "measure" not in found:
        return found
    rest = {name: found[name] for name in found if name != "measure"}
    return {**rest, "measures": [{"text": found["measure"]}]} if found["measure"] else rest


def _taken_apart(found: Any, names: dict[str, str]) -> Any:
    """A body from before its parts were apart opens whole; its next change takes it apart."""
    if not isinstance(found, dict) or "identity" in found:
        return found
    health = {name: found[name] for name in Health.model_fields if name in found}
    identity = {new: found[old] for old, new in names.items() if old in found}
    rest = {name: found[name] for name in found if name not in {*health, *names}}
    return {**rest, "identity": identity, "health": health}


def site_of(body: Body) -> str:
    """The id of the site a case is about."""
    return body.report.site_id if isinstance(body, ReportBody) else body.site_id


def sender_of(body: Body) -> str | None:
    """Who sent it, where somebody may know. Raises NotOpened."""
    return opened(body.identity).person_id


def with_health(body: _Some, **said: Any) -> _Some:
    """The body after somebody said how they are. Raises NotOpened."""
    return body.model_copy(update={"health": opened(body.health).model_copy(update=said)})


_READ: TypeAdapter[Body] = TypeAdapter(Body)


def pack(body: Body) -> BodyParts:
    """The body as bytes for sealing, part by part."""
    content = body.model_copy(update={"identity": None, "health": None})
    return BodyParts(
        content.model_dump_json().encode(),
        body.identity.model_dump_json().encode() if body.identity else None,
        body.health.model_dump_json().encode() if body.health else None,
    )


def unpack(parts: BodyParts) -> Body:
    """The body behind opened bytes, with as much of it as was opened."""
    body = _READ.validate_json(parts.content)
    found: dict[str, Any] = {}
    if parts.identity is not None:
        found["identity"] = Identity.model_validate_json(parts.identity)
    if parts.health is not None:
        found["health"] = Health.model_validate_json(parts.health)
    return body.model_copy(update=found)
