"""Alerts of the prescribing assistance as a person reads them: found, passed over with a reason, or not looked for."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from ordonum.model.alert import Alert, AlertKind, Unchecked
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine, PreparationLine

ROW = 110
"""Characters of a row of the sheet: what was passed over of a line has one or two there; the whole is in the signed order."""
_WORD = 25  # characters of a word that is not cut
TO_VALIDATE = "à valider : aucun document n'a été lu, cette alerte informe seulement"
_NAMES = {each.value: each.label for each in AlertKind} | {
    AlertKind.INTERACTION.value: "interaction"
}  # short on a sheet


def named(key: str) -> str:
    """«interaction (ibuprofene, warfarine)» from `interaction:ibuprofene+warfarine`; a key of no known kind stays as it is."""
    kind, _, about = key.partition(":")
    if kind not in _NAMES:
        return key
    names = [" ".join(each.split("-")).strip() for each in about.split("+") if each.strip()]
    return _NAMES[kind] + (f" ({', '.join(dict.fromkeys(names))})" if names else "")


def passed_over(line: Line, *, most: int | None = None) -> str:
    """«Alerte passée outre par le prescripteur : … — motif : …», of all those of a line; empty where there is none.

    `most`: characters that it may have, the reason being cut with «…».
    """
    found = line.overridden if isinstance(line, (MedicineLine, PreparationLine)) else ()
    if not found:
        return ""
    s = "s" if len(found) > 1 else ""
    alerts = ", ".join(dict.fromkeys(named(each.alert) for each in found))
    reasons = " ; ".join(dict.fromkeys(" ".join(each.reason.split()) for each in found))
    said = f"Alerte{s} passée{s} outre par le prescripteur : {alerts} — motif : {reasons}"
    if most is None or len(said) <= most:
        return said
    cut = said[: most - 1]
    words = cut.rsplit(" ", 1)[0]
    return (words if len(words) > most - _WORD else cut).rstrip(" ,;:—") + "…"


def sentence(alert: Alert) -> str:
    """«ARRÊT — interaction, ligne 2 : …», the first line of an alert."""
    where = f", {_lines(alert.lines)}" if alert.lines else ""
    return f"{alert.level.label.upper()} — {alert.kind.label}{where} : {alert.sentence}"


def details(alert: Alert) -> tuple[str, ...]:
    """What is said under it: the conduct to hold, where it was read."""
    source = f"Source : {alert.source.title}, {alert.source.on}, {alert.source.at}" if alert.source else TO_VALIDATE
    return tuple(each for each in (alert.conduct and f"Conduite à tenir : {alert.conduct}", source) if each)


def unchecked(found: Iterable[Unchecked]) -> tuple[str, ...]:
    """«interaction, ligne 2 : contrôle non fait, parce que …», once for each kind and reason, with all its lines."""
    ordered = sorted(found, key=lambda each: (list(AlertKind).index(each.kind), each.because))
    told = []
    for (kind, because), same in groupby(ordered, key=lambda each: (each.kind, each.because)):
        lines = sorted({rank for each in same for rank in each.lines})
        where = f", {_lines(lines)}" if lines else ""
        why = because if because.startswith("contrôle") else f"contrôle non fait, parce que {because}"
        told.append(f"{kind.label}{where} : {why.removesuffix('.')}.")
    return tuple(told)


def how_to_go_on(alert: Alert) -> str:
    """What to write in the file in order to pass over it: the field of the line, with the key."""
    return f'"overridden": [{{"alert": "{alert.key}", "reason": "…"}}] sur la {_lines(alert.lines[:1])}'


def _lines(ranks: Sequence[int]) -> str:
    said = " et ".join(filter(None, (", ".join(map(str, ranks[:-1])), str(ranks[-1]))))
    return f"ligne{'s' if len(ranks) > 1 else ''} {said}"
