"""What the command line asks a person, and how words reach it: never by argument, where other programs would read them."""

import sys
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import typer
from msgspec.structs import replace

from ordonum.cli import files
from ordonum.cli.exits import FileProblem
from ordonum.cli.files import ToPrescribe
from ordonum.client import Anonymity, AnonymityGround, ByNumber, ByOwnAct, Client
from ordonum.knowledge.anonymity import proposed
from ordonum.model.labels import Labelled
from ordonum.model.refusals import Fault, Refusal, Refused
from ordonum.texts import wishes

WORDS_MAX = 1000
Choice = TypeVar("Choice", bound=Labelled)


def words(file: Path | None, reason: str = "") -> str | None:
    """The words of a text file («-»: standard input), or None without a file; the reason «other» wants them.

    Raises FileProblem, BadParameter.
    """
    if file is None and reason == "other":
        raise typer.BadParameter("« other » se dit avec des mots, dans un fichier", param_hint="--words")
    if file is None:
        return None
    text = files.read_bytes(file).decode("utf-8", "replace").strip()
    if not text or len(text) > WORDS_MAX:
        raise FileProblem(f"Le fichier {file} doit contenir de 1 à {WORDS_MAX} caractères. Rien n'a été envoyé.")
    return text


def offered(kind: type[Choice]) -> str:
    """The values of a choice with their French words, for the help of an option."""
    return " | ".join(f"{each.value} ({each.label})" for each in kind)


def chosen(kind: type[Choice], text: str, option: str) -> Choice:
    """The value of a choice. Raises BadParameter, which names them all."""
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(f"{each.value} ({each.label})" for each in kind)
        raise typer.BadParameter(f"valeurs admises : {known}", param_hint=option) from None


def anonymity(client: Client, wanted: ToPrescribe, raw: bytes, *, source: str = "", ask: bool) -> ToPrescribe:
    """The sheets with the answer on anonymity, asked where the content proposes it and the file does not say.

    A sheet that waits to be sent again was answered when it was signed. Raises Refused, telling how to answer in the file.
    """
    answers: dict[AnonymityGround, Anonymity] = {}
    sheets = []
    for rank, each in enumerate(wanted.prescriptions, start=1):
        ground = proposed(each.lines, each.patient.birth_date, each.written_on)
        if ground is None or each.anonymity is not None or signed(client, wanted, raw, rank, source):
            sheets.append(each)
            continue
        if ground not in answers:
            answers[ground] = _answer(ground, ask=ask)
        sheets.append(replace(each, anonymity=answers[ground]))
    return replace(wanted, prescriptions=tuple(sheets))


def _answer(ground: AnonymityGround, *, ask: bool) -> Anonymity:
    if not ask or not sys.stdin.isatty():
        how = f'Écrivez dans le fichier : "anonymity": {{"ground": "{ground.value}", "requested": true}} (ou false).'
        fault = Fault("$.anonymity", Refusal.ANONYMITY_ANSWER_WANTED.code, how)
        raise Refused(Refusal.ANONYMITY_ANSWER_WANTED, faults=(fault,), ground=ground.label)
    while True:
        answer = str(typer.prompt(f"{wishes.QUESTIONS[ground]} [oui/non]", err=True)).strip().casefold()
        if answer in ("o", "oui", "n", "non"):
            return Anonymity(ground=ground, requested=answer.startswith("o"))


def signed(client: Client, wanted: ToPrescribe, raw: bytes, rank: int, source: str) -> bool:
    """Whether this sheet of the file was signed already and waits to be sent again."""
    mine = files.source_of(raw, rank if wanted.several else None) + source
    return client.outbox.made_from(mine, client.card.holder.author, pending_only=True) is not None


def named(act: UUID | None, number_file: Path | None, picture: Path | None) -> tuple[ByNumber | ByOwnAct, str | None]:
    """One's own prescription, by the act that registered it or by its number, with the text of its QR code if scanned."""
    if act is not None:
        return ByOwnAct(act), None
    presented = files.read_presented(number_file, picture)
    return ByNumber(presented.number), presented.scanned
