"""What an executant does with what they recorded or saw: withdraw, report. To correct is to execute, with `corrects`."""

from typing import Annotated
from uuid import UUID, uuid4

import typer

from ordonum.cli import asking, exits, files, kept
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    CardOption,
    FromOption,
    JsonOption,
    LineOption,
    NumberFileOption,
    ServiceOption,
    WordsOption,
    open_client,
)
from ordonum.client import AmendReason, Suspicion, SuspicionKind, Withdrawal
from ordonum.texts import french


@exits.telling
def withdraw(
    execution: Annotated[UUID, typer.Argument(help="Identifiant de l'exécution à retirer, donné par execute.")],
    card: CardOption,
    reason: Annotated[str, typer.Option("--reason", help=asking.offered(AmendReason))],
    service: ServiceOption = DEFAULT_SERVICE,
    line: LineOption = None,
    picture: FromOption = None,
    number_file: NumberFileOption = None,
    words: WordsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Retirer une exécution à soi, ou une ligne (--line) : ce qu'elle comptait redevient à délivrer.

    --words : la note pour le prochain exécutant. Le numéro n'est demandé que si ce poste n'a pas fait l'exécution.
    """
    why, lines = asking.chosen(AmendReason, reason, "--reason"), tuple(dict.fromkeys(line or ()))
    note = asking.words(words, reason)
    with open_client(card, service) as client:
        mine = client.outbox.find(execution)
        number, scanned = mine.number if mine is not None else None, None
        if number is None:
            presented = files.read_presented(number_file, picture)
            number, scanned = presented.number, presented.scanned
        withdrawal = Withdrawal(act_id=uuid4(), execution=execution, reason=why, lines=lines, note=note)
        source = f"withdraw/{execution}/{why.value}/{lines}"
        with client.outbox.alone(source):  # the same command, its reply lost, is the same withdrawal
            before = client.outbox.made_from(source, client.card.holder.author, pending_only=True)
            done = (
                client.resend(before)
                if before is not None
                else client.withdraw(number, withdrawal, source=source, scanned=scanned)
            )
        kept.acknowledged(client, done, as_json=as_json)
    if not as_json:
        what = f"Ligne {', '.join(map(str, lines))} retirée" if lines else "Exécution retirée"
        typer.echo(f"  {what} ({why.label}) : ce qu'elle comptait est de nouveau à délivrer.")
        for told in done.justification:
            typer.echo(f"  {french.justification(told)}")


@exits.telling
def report(
    card: CardOption,
    kind: Annotated[str, typer.Option("--kind", help=asking.offered(SuspicionKind))],
    service: ServiceOption = DEFAULT_SERVICE,
    picture: FromOption = None,
    number_file: NumberFileOption = None,
    words: WordsOption = None,
    told: Annotated[bool, typer.Option("--prescriber-told", help="Le prescripteur a été prévenu.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Signaler une ordonnance que l'on soupçonne d'être fausse, enregistrée ou non : l'Assurance Maladie est alertée."""
    suspicion = Suspicion(
        act_id=uuid4(),
        kind=asking.chosen(SuspicionKind, kind, "--kind"),
        note=asking.words(words, kind),
        prescriber_told=told,
    )
    presented = files.read_presented(number_file, picture)
    with open_client(card, service) as client:
        done = client.report(presented.number, suspicion, scanned=presented.scanned)
        kept.acknowledged(client, done, as_json=as_json)
    if not as_json:
        typer.echo(
            f"  Signalée : {suspicion.kind.label}. L'Assurance Maladie est alertée ; les prochains exécutants le verront "
            "en consultant l'ordonnance, dès qu'elle est enregistrée."
        )
