"""What is asked of PostgreSQL besides the service: bytes on the disk, WAL, blocks read, and the yardstick's tables."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from bench.service import Measured
from ordonum.server.store.embedded import SUPERUSER, EmbeddedPostgres

DATABASE = "ordonum"


class Asking:
    """A connection of the superuser, kept open: what it costs is a fraction of a millisecond a row."""

    def __init__(self, served: Measured) -> None:
        self._runner = asyncio.Runner()
        url = EmbeddedPostgres(served.home / "db").url(SUPERUSER, DATABASE)
        self._connection = self._runner.run(asyncpg.connect(url))

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of a query."""
        return [dict(row) for row in self._runner.run(self._connection.fetch(statement, *values))]

    def one(self, statement: str, *values: Any) -> Any:
        """The only value of a query."""
        return self._runner.run(self._connection.fetchval(statement, *values))

    def do(self, statement: str) -> None:
        """A statement without an answer."""
        self._runner.run(self._connection.execute(statement, timeout=1800))

    def wal_bytes(self) -> int:
        """Bytes of WAL written since the cluster was made."""
        return int(self.one("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"))

    def blocks(self) -> tuple[int, int]:
        """Blocks of this database found in shared buffers, and those that were read from below, up to now."""
        self.one("SELECT pg_stat_force_next_flush()::text")
        found = self.rows("SELECT blks_hit, blks_read FROM pg_stat_database WHERE datname = current_database()")[0]
        return int(found["blks_hit"]), int(found["blks_read"])

    def sizes(self) -> dict[str, Any]:
        """Bytes of each table with its indexes and TOAST, and its rows, after VACUUM and CHECKPOINT."""
        self.do("VACUUM ANALYZE")
        self.do("CHECKPOINT")
        tables = {}
        for row in self.rows(
            "SELECT relname, pg_total_relation_size(oid) AS total, pg_indexes_size(oid) AS indexes FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
        ):
            count = self.one(f'SELECT count(*) FROM public."{row["relname"]}"')
            tables[row["relname"]] = {"bytes": row["total"], "index_bytes": row["indexes"], "rows": count}
        acts = self.rows("SELECT kind, count(*) AS rows FROM act GROUP BY kind ORDER BY kind")
        return {"tables": tables, "acts": {row["kind"]: row["rows"] for row in acts}}

    def per_prescription(self) -> dict[str, Any]:
        """Bytes on the disk for each prescription, and what was done to each on average."""
        found = self.sizes()
        prescriptions = found["acts"].get("register", 0)
        if prescriptions:
            total = sum(each["bytes"] for each in found["tables"].values())
            found["bytes_per_prescription"] = total / prescriptions
            found["acts_per_prescription"] = {kind: rows / prescriptions for kind, rows in found["acts"].items()}
        found["bytes_per_row"] = {
            name: each["bytes"] / each["rows"] for name, each in found["tables"].items() if each["rows"] >= 100
        }
        return found

    def close(self) -> None:
        """End the connection."""
        self._runner.run(self._connection.close())
        self._runner.close()


@contextmanager
def asking(served: Measured) -> Iterator[Asking]:
    """A connection, closed at the end."""
    opened = Asking(served)
    try:
        yield opened
    finally:
        opened.close()
