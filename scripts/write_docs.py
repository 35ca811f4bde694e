"""Write the generated pages of docs/. `python scripts/write_docs.py --check` fails when one is not up to date."""

import hashlib
import json
import random
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from assistance_page import assistance_page
from bench.report import markdown as bench_page
from law_pages import refusals_page, requirements_page
from medicines_page import medicines_page
from ordonum.model.acts import Execution, Given
from ordonum.model.amending import AmendReason, Withdrawal
from ordonum.model.beneficiary import Beneficiary, Nir
from ordonum.model.identifiers import BirthDate, NirKey, NumeroAm, Rpps
from ordonum.model.lines import Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Delivered
from ordonum.model.prescription import Identity
from ordonum.model.stopping import Cancellation, CancelReason, Replacement
from ordonum.server.events import FIELDS, Event
from ordonum.server.metrics import Metrics, Standing
from ordonum.wire.commitment import commit, digest
from ordonum.wire.native import canonical
from ordonum.wire.qr import QrContent, SignedQr
from ordonum.wire.qr import write as qr_write
from rights_page import rights_page

DOCS = Path(__file__).parents[1] / "docs"


def operations_page() -> str:
    """docs/exploitation.md with its tables of events, of their fields and of figures brought up to date."""
    page = (DOCS / "exploitation.md").read_text()
    events = [f"| `{each.value}` | {each.meaning} |" for each in Event]
    fields = [f"| `{name}` | {meaning} |" for name, meaning in FIELDS.items()]
    page = _between(page, "événements", ["| `event` | |", "|---|---|", *events])
    page = _between(page, "champs", ["| champ | |", "|---|---|", *fields])
    standing = Standing(
        version="", database_up=True, list_age=0, list_overdue=0, year_keys=True, coming_keys=True
    )  # every family is told
    told = text_string_to_metric_families(Metrics().scrape(standing).decode())
    figures = [f"| `{_shown(each)}` | {each.type} | {each.documentation} |" for each in told]
    return _between(page, "mesures", ["| mesure | type | |", "|---|---|---|", *figures])


def _shown(family: Metric) -> str:
    return family.name + ("_total" if family.type == "counter" else "")


def _between(page: str, name: str, lines: list[str]) -> str:
    begins, ends = f"<!-- {name} : write_docs.py -->\n", f"<!-- fin : {name} -->"
    before, found, rest = page.partition(begins)
    _, closed, after = rest.partition(ends)
    assert (found, closed) == (begins, ends), name  # the place of a table is written by hand
    return before + begins + "\n".join(["", *lines, "", ""]) + ends + after


def vectors() -> str:
    """docs/vecteurs.json: fixed inputs and what must come out, for clients in other languages."""
    number = EpuId.draw(random.Random(20261122).choice)  # a published vector, not a secret
    identity = Identity("Éloïse", BirthDate("1979-03-14"))
    opening = hashlib.sha256(b"ordonum test vector").hexdigest()
    content = QrContent(
        number=number,
        rpps=Rpps("99700366240"),
        numero_am=NumeroAm("691000001"),
        finess=None,
        surname="DURAND",
        first_name="Éloïse",
        birth_date=identity.birth_date,
        written_on=date(2026, 11, 22),
    )
    signature = bytes(range(64))
    cancellation = Cancellation(act_id=UUID("8c5a1c1e-5a0b-4a35-8d2e-1f0a7a3a9f11"), reason=CancelReason.DEATH)
    replacement = Replacement(
        act_id=UUID("5e0b6a52-3c0e-4f0c-9d5c-7f3a0d2b1c44"), reason=CancelReason.OTHER, detail="Posologie à revoir"
    )
    withdrawal = Withdrawal(
        act_id=UUID("f1c9d1b0-2f0d-4a6e-8f52-6a0a3f6d9b21"),
        execution=UUID("0b6f4f0e-0f5e-4d3c-9a51-2f7f0c3f6a10"),
        reason=AmendReason.HANDED_BACK,
        lines=(2,),
        note="Le patient revient demain",
    )
    execution = Execution(
        act_id=UUID("0b6f4f0e-0f5e-4d3c-9a51-2f7f0c3f6a10"),
        given=Given.NOW,
        performed_at=datetime(2026, 11, 22, 10, 30, tzinfo=UTC),
        lines=(Delivered(line=1, quantity=Quantity(1, Unit.BOXES), product="AMOXICILLINE 500 mg"),),
        beneficiary=Beneficiary(
            identity=Nir(NirKey("279035121518989"), "self"),
            surname="DURAND",
            first_name="Éloïse",
            birth_date=identity.birth_date,
        ),
    )
    found = {
        "number": {"valid": number, "grouped": number.grouped},
        "commitment": {
            "number": number,
            "first_name": identity.first_name,
            "birth_date": identity.birth_date,
            "opening": opening,
            "commitment": commit(number, identity, opening),
        },
        "canonical": {
            "cancellation": canonical(cancellation).decode(),
            "execution": canonical(execution).decode(),
            "replacement": canonical(replacement).decode(),
            "withdrawal": canonical(withdrawal).decode(),
            "salt": opening,
            "content_of_cancellation": digest(opening, canonical(cancellation)),
            "content_of_replacement": digest(opening, canonical(replacement)),
            "content_of_withdrawal": digest(opening, canonical(withdrawal)),
        },
        "qr": {"signature": signature.hex(), "text": qr_write(SignedQr(content, signature))},
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write, or check."""
    pages = {
        DOCS / "assistance.md": assistance_page(),
        DOCS / "medicaments.md": medicines_page(),
        DOCS / "exigences.md": requirements_page(),
        DOCS / "refus.md": refusals_page(),
        DOCS / "vecteurs.json": vectors(),
        DOCS / "droits.md": rights_page(),
        DOCS / "exploitation.md": operations_page(),
    }
    pages |= {
        file.with_suffix(".md"): bench_page(json.loads(file.read_text())) for file in (DOCS / "bench").glob("*.json")
    }
    for page, text in pages.items():
        if "--check" not in sys.argv:
            page.write_text(text)
        elif not page.exists() or page.read_text() != text:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
