"""The invoice attached to a prescription: an act of its own, and what it still needs to be justified (CSS R.161-45)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from ordonum.model.actors import Name
from ordonum.model.coded import Coded
from ordonum.model.labels import Labelled
from ordonum.model.lines import LINES_MAX, Quantity, Rank

Reference = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./_-]*$(?!\n)")]


class InvoicedLine(Coded, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line of the invoice: which line of the prescription it bills (None: none of them), what, how much."""

    line: Rank | None
    label: Name | None = None
    quantity: Quantity | None = None


InvoicedLines = Annotated[tuple[InvoicedLine, ...], Meta(min_length=1, max_length=LINES_MAX)]


class Invoice(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An invoice (feuille de soins électronique): its number, lot and date; `execution` is the act that it bills, if known."""

    act_id: UUID
    execution: UUID | None = None
    number: Reference
    lot: Reference
    date: date
    lines: InvoicedLines


class ScanReason(Labelled):
    """Why an invoiced line is justified by the base, or still needs a scan of the paper."""

    JUSTIFIED = "justified", "l'exécution enregistrée la justifie"
    EXECUTION_AWAITED = "execution-awaited", "aucune exécution enregistrée n'y répond encore"
    NO_PRESCRIPTION_LINE = "no-prescription-line", "aucune ligne de l'ordonnance numérique n'y répond"
    NOT_REGISTERED = "not-registered", "l'ordonnance n'est pas encore enregistrée"
    PRODUCT_DIFFERS = "product-differs", "le code facturé n'est pas celui qui a été exécuté"
    UNIT_DIFFERS = "unit-differs", "l'unité facturée n'est pas celle de l'exécution"
    MORE_THAN_EXECUTED = "more-than-executed", "la quantité facturée dépasse la quantité exécutée"
    IN_CONFLICT = "in-conflict", "l'exécution est enregistrée en conflit"
    SEEN_ON_PAPER = "seen-on-paper", "l'exécution a seulement été lue sur le papier"


class Justification(Struct, frozen=True, kw_only=True):
    """Whether a line of an invoice still needs a scan: of the one that the act `invoice` attached, at `position` from 1."""

    invoice: UUID
    position: int
    line: int | None
    scan_needed: bool
    reason: ScanReason
