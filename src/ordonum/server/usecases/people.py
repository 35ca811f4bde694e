"""The people sealed with an execution: its beneficiary, and who came in their stead."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from ordonum.model.acts import Execution
from ordonum.model.beneficiary import Attached, Beneficiary
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import History
from ordonum.server.usecases.patient_index import index_of
from ordonum.server.vault.vault import Purpose
from ordonum.wire import native


def sealer(context: Context, lookup: bytes, execution: Execution) -> Callable[[int], bytes] | None:
    """What seals, under nir[year], the beneficiary of an execution with the bearer if there was one; None: it names nobody."""
    people = execution.beneficiary
    if people is None:
        return None
    plain = native.write(people if execution.bearer is None else Attached(beneficiary=people, bearer=execution.bearer))
    return lambda year: context.vault.encrypt(Purpose.BENEFICIARY, year, lookup, execution.act_id, plain)


def gone_patient(context: Context, history: History, execution: UUID) -> bytes | None:
    """The keyed name of the patient whom an execution attached, to be attached no more; None if it attached nobody."""
    beneficiary = beneficiary_of(context, history, execution)
    return index_of(context.vault, beneficiary) if beneficiary is not None else None


def beneficiary_of(context: Context, history: History, execution: UUID) -> Beneficiary | None:
    """Whom an execution of this prescription was for; None if it attached nobody."""
    row = next(row for row in history.rows if row.act_id == execution)
    if row.sealed is None:
        return None
    plain = context.vault.decrypt(Purpose.BENEFICIARY, row.year, history.lookup, row.act_id, row.sealed)
    borne = "type" in msgspec.json.decode(plain)
    return native.reread(plain, Attached).beneficiary if borne else native.reread(plain, Beneficiary)
