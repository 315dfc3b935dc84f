"""Which master keys wrapped what is in a database, looked at before anything is written there."""

from collections.abc import Collection

from sqlalchemy import create_engine, pool

from storage.engines import database_url
from storage.wrapped_keys import KEPT

# Both ends of each table: one look however much there is. Keys are wrapped anew from one end to
# the other, so that a change of the master key that was not finished shows, too. Written out,
# because a start that has to be quick would wait longest for Core to write it.
ENDS = "SELECT " + ", ".join(  # noqa: S608  the names of our own tables
    f"(SELECT kek_id FROM {kept.table} ORDER BY {kept.name.name} {order} LIMIT 1)"  # noqa: S608
    for kept in KEPT
    for order in ("ASC", "DESC")
)


class WrongMasterKey(Exception):
    """No master key that is set opens anything of what is there; says which one does."""

    def __init__(self, right: Collection[str]) -> None:
        self.right = ", ".join(sorted(right))
        super().__init__(
            "MAMORI_MASTER_KEY opens nothing of what is in this database. Nothing was done: what\n"
            "is written under a wrong key is lost under the right one. Set the right one again.\n"
            f"It is the master key of id {self.right}."
        )


def masters_missing(url: str, known: Collection[str]) -> frozenset[str]:
    """The ids of master keys that wrapped something there and are not among those known.

    Raises WrongMasterKey where none is: whatever was written then, the right key would not open.
    """
    engine = create_engine(database_url(url), poolclass=pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        found = frozenset(id for id in connection.exec_driver_sql(ENDS).one() if id is not None)
    missing = found - frozenset(known)
    if missing and missing == found:
        raise WrongMasterKey(missing)
    return missing
