"""Evidence: the sealed bytes of files, in chunks that are all of one size."""

from sqlalchemy import bindparam, delete, func, insert, literal_column, select

from bot.case_records import CHUNK_BYTES, Chunk
from storage.case_keys import CaseKeys
from storage.keyring import Keyring
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import evidence_chunk

SEALED_BYTES = 256 * 1024
"""Of every row: a length tells how many rows, and nothing else."""

_OF_FILE = evidence_chunk.c.file_id == bindparam("file_id")

PUT = Statement(
    insert(evidence_chunk).values(given("file_id", "copy", "number", "case_id", "sealed"))
)
GET = Statement(
    select(evidence_chunk.c.sealed).where(
        _OF_FILE,
        evidence_chunk.c.copy == bindparam("copy"),
        evidence_chunk.c.number == bindparam("number"),
    )
)
CASE_OF = Statement(select(evidence_chunk.c.case_id).where(_OF_FILE).limit(literal_column("1")))
FORGET = Statement(delete(evidence_chunk).where(_OF_FILE))
COUNT = Statement(select(func.count()).select_from(evidence_chunk))


class TooLong(Exception):
    """More than a row holds."""


class FileRows:
    """The files of one transaction."""

    def __init__(self, session: Session, keyring: Keyring, keys: CaseKeys) -> None:
        self._session = session
        self._keyring = keyring
        self._keys = keys

    async def put(self, chunk: Chunk, text: bytes) -> None:
        key = await self._keys.of(chunk.case_id)
        if key is None:
            return
        if len(text) > CHUNK_BYTES:
            raise TooLong
        await self._session.run(
            PUT,
            file_id=chunk.file_id,
            copy=chunk.copy,
            number=chunk.number,
            case_id=chunk.case_id,
            sealed=self._keyring.seal(key, _place(chunk), text, SEALED_BYTES),
        )

    async def get(self, chunk: Chunk) -> bytes | None:
        key = await self._keys.of(chunk.case_id)
        sealed = await self._session.value(
            GET, file_id=chunk.file_id, copy=chunk.copy, number=chunk.number
        )
        if key is None or sealed is None:
            return None
        return self._keyring.open(key, _place(chunk), sealed)

    async def case_of(self, file_id: str) -> str | None:
        found: str | None = await self._session.value(CASE_OF, file_id=file_id)
        return found

    async def forget(self, file_id: str) -> None:
        await self._session.run(FORGET, file_id=file_id)

    async def count(self) -> int:
        return int(await self._session.value(COUNT))


def _place(chunk: Chunk) -> str:
    end = "last" if chunk.last else "more"
    whose = f"{chunk.case_id}|{chunk.file_id}|{chunk.copy.value}"
    return f"evidence_chunk.sealed|{whose}|{chunk.number}|{end}"
