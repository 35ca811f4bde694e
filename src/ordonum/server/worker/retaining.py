"""The keeper at work: what is kept no longer goes, every day by itself; the keys of its year by command, with a proof."""

import asyncio
from datetime import datetime

from msgspec import Struct

from ordonum.knowledge.timezones import PARIS
from ordonum.model.retention import NOTHING_BEFORE, YEAR_KINDS, Gone, Proof, SignedProof, digest, may_die
from ordonum.server.settings import Settings
from ordonum.server.store import retention
from ordonum.server.store.keeping import keeper
from ordonum.server.vault import ledger
from ordonum.server.vault.keys import KeyFile, KeysRefused, destroy, judged
from ordonum.server.vault.vault import Vault
from ordonum.wire import jws, native


class Preview(Struct, frozen=True):
    """What a deletion would take: rows by year, and names of keys."""

    gone: tuple[Gone, ...]
    keys: tuple[str, ...]


class ClockDoubted(Exception):
    """Nothing was deleted: something is over, yet nothing was prescribed lately. The clock may be years ahead."""


async def forget(settings: Settings, owner_url: str, now: datetime, *, alone: bool = True) -> int:
    """Delete the rows of what is kept no longer, and what a back-up brought back of years whose keys are destroyed.

    How many prescriptions went. `alone`: nobody asked for it, and a clock years ahead would destroy everything unseen.
    Raises ClockDoubted, CannotTakeAway, LedgerRefused.
    """
    destroyed = await asyncio.to_thread(ledger.destroyed, settings.key_file)
    async with keeper(owner_url) as connection:
        what = await retention.over_here(connection, now.astimezone(PARIS).date(), destroyed)
        if alone and await retention.clock_doubted(connection, what):
            raise ClockDoubted
        await retention.forget_lifted(connection, what.today)
        return sum(each.prescriptions for each in await retention.delete(connection, what))


async def preview(settings: Settings, owner_url: str, now: datetime) -> Preview:
    """What `retain` would do; nothing is changed. Raises CannotTakeAway, KeysRefused, LedgerRefused."""
    today = now.astimezone(PARIS).date()
    async with keeper(owner_url) as connection:
        keys = judged_here(settings, await retention.known(connection))
        what = await retention.over_here(connection, today, ledger.destroyed(settings.key_file))
        gone = await retention.count(connection, what)
        dying = may_die(_years(keys), await retention.years_left(connection, what), today)
    return Preview(gone, tuple(f"{kind}[{year}]" for year in dying for kind in YEAR_KINDS))


async def retain(settings: Settings, owner_url: str, now: datetime) -> SignedProof:
    """Delete what is kept no longer, destroy the keys of the years of which nothing is left, and sign what was done.

    Raises CannotTakeAway, KeysRefused, LedgerRefused.
    """
    today = now.astimezone(PARIS).date()
    async with keeper(owner_url) as connection:
        known = await retention.known(connection)
        keys = judged_here(settings, known)
        what = await retention.over_here(connection, today, ledger.destroyed(settings.key_file))
        await retention.forget_lifted(connection, today)
        gone = await retention.delete(connection, what)
        in_all = await retention.gone_in_all(connection)
        dying = may_die(_years(keys), await retention.years_left(connection, what), today)
    went = {each.year: each.prescriptions for each in in_all}
    known_here = [year for year in dying if f"data[{year}]" in known]
    dead = destroy(settings.key_file, {year: went.get(year, 0) for year in known_here}, now) if known_here else ()
    lines = ledger.lines(settings.key_file)
    proof = Proof(
        v=1,
        made_at=now,
        today=today,
        gone=gone,
        gone_in_all=in_all,
        destroyed=dead,
        ledger=lines,
        ledger_digest=digest(lines[-1]) if lines else NOTHING_BEFORE,
    )
    signed = Vault(keys).acknowledge(native.write(proof), typ=jws.RETENTION_TYP)
    return SignedProof(proof=proof, signature=signed)


def judged_here(settings: Settings, known: dict[str, bytes]) -> KeyFile:
    """The keys of the service, which must be this database's: those of another base are not destroyed for this one."""
    if not known or not settings.key_file.exists():
        raise KeysRefused(
            f"Le fichier de clés {settings.key_file} manque, ou cette base n'en connaît aucune : lancez la commande là où est "
            "le service, qui a servi au moins une fois."
        )
    return judged(settings.key_file, known)


def _years(keys: KeyFile) -> tuple[int, ...]:
    return tuple(int(year) for year in keys.data)
