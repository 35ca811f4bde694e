"""`ordonum invoice`: attach an invoice, and be told line by line whether a scan of the paper is still needed."""

import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from msgspec import Struct, to_builtins

from ordonum.cli import exits, files, kept
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    CardOption,
    FromOption,
    JsonOption,
    NumberFileOption,
    ServiceOption,
    open_client,
)
from ordonum.knowledge.timezones import zone_of
from ordonum.model.invoice import Invoice, InvoicedLines, Reference
from ordonum.model.number import EpuId
from ordonum.texts import french
from ordonum.wire import native
from ordonum.wire.native import plain


class InvoiceFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `ordonum invoice FILE` reads. `invoice` is the invoice's own number; without `date`, today."""

    number: EpuId | None = None
    act_id: UUID | None = None
    execution: UUID | None = None
    invoice: Reference
    lot: Reference
    date: datetime.date | None = None
    lines: InvoicedLines


@exits.telling
def invoice(
    file: Annotated[Path, typer.Argument(help="Facture en JSON ; voir examples/ et docs/fichiers.md.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    picture: FromOption = None,
    number_file: NumberFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rattacher une facture, avant, avec ou après l'exécution ; dire ligne par ligne si une numérisation reste nécessaire."""
    raw = files.read_bytes(file)
    written = native.read(raw, InvoiceFile)
    with open_client(card, service) as client:
        presented = files.read_presented(number_file, picture) if written.number is None else None
        number = written.number or (presented.number if presented else None)
        assert number is not None
        made = Invoice(
            act_id=written.act_id or uuid4(),
            execution=written.execution,
            number=written.invoice,
            lot=written.lot,
            date=written.date or client.now().astimezone(zone_of(client.card.place)).date(),
            lines=written.lines,
        )
        source, author = files.source_of(raw), client.card.holder.author
        scanned = presented.scanned if presented else None
        with client.outbox.alone(source):
            before = client.outbox.made_from(source, author, pending_only=False, number=number)
            done = (
                client.resend(before)
                if before is not None
                else client.attach_invoice(number, made, source=source, scanned=scanned)
            )
        kept.acknowledged(client, done, as_json=False) if not as_json else exits.show(
            {
                "ok": True,
                "act_id": done.act_id,
                "recorded_at": done.acknowledgement.recorded_at,
                "replayed": done.replayed,
                "justification": to_builtins(done.justification, enc_hook=plain),
            }
        )
    if not as_json:
        for each in done.justification:
            typer.echo(f"  {french.justification(each)}")
