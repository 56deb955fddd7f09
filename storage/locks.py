"""Named locks that end with the transaction: one after the other what two transactions must not do at the same time."""

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session


def hold(db: Session | Connection, name: str) -> None:
    """Wait for the lock `name`. On SQLite nothing to do: there only one transaction writes."""
    connection = db.connection() if isinstance(db, Session) else db
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
