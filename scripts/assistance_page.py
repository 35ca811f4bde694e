"""docs/assistance.md: every row of the tables of the prescribing assistance, with the document that was read."""

from decimal import Decimal

from ordonum.knowledge.assistance import tables
from ordonum.knowledge.assistance.tables import Caveat, Maximum
from ordonum.model.alert import AlertKind
from ordonum.model.rule import Source

_HEAD = """# L'assistance à la prescription

*Page produite par `scripts/write_docs.py` ; ne pas la modifier à la main.*

`assess(prescription, patient, traitements)` est une fonction pure (`knowledge/assistance/assess.py`) : elle ne garde rien, ne
journalise rien, ne bloque rien. Elle regarde les interactions, les allergies (substance, classe, excipient), les doublons, les
doses maximales, les erreurs mortelles classiques, la grossesse, l'allaitement, l'âge, la fonction rénale, la conduite, le
dopage et le hors AMM. Un contrôle qui n'a pas pu être fait le dit : « contrôle non fait, parce que… », et seulement là où sa
réponse aurait compté.

Chaque ligne nomme le document qui a été lu, avec la phrase qui le dit (fichiers `.tsv` du paquet). Une ligne sans document est
« à valider » : elle informe, et n'est jamais plus qu'une note. Ces tables aident ; elles ne remplacent ni le RCP ni le médecin.
"""
_TITLES = {
    AlertKind.PREGNANCY: "semaines d'aménorrhée",
    AlertKind.BREASTFEEDING: "",
    AlertKind.AGE: "âge",
    AlertKind.RENAL: "clairance, ml/min",
    AlertKind.DRIVING: "",
    AlertKind.DOPING: "",
}
_PER = {"take": "par prise", "day": "par jour", "week": "par semaine", "days": "de traitement"}
_YEAR = 12


def assistance_page() -> str:
    """The page, whole."""
    parts = [
        _HEAD,
        "## Lignes lues, lignes à valider",
        "",
        "| table | lues | à valider | molécules |",
        "|---|---|---|---|",
    ]
    parts += [
        f"| {AlertKind(name).label} | {found.read} | {found.to_validate} | {len(found.molecules)} |"
        for name, found in tables.counts().items()
    ]
    parts += ["", "Molécules : celles dont une ligne lue parle, celles d'une classe comprises.", ""]
    for kind, unit in _TITLES.items():
        rows = [each for each in tables.warnings() if each.kind is kind]
        parts += [
            f"## {kind.label.capitalize()}",
            "",
            f"| quoi | niveau | {unit or 'portée'} | constat | source |",
            "|---|---|---|---|---|",
        ]
        parts += [_caveat(each) for each in rows] + [""]
    parts += ["## Doses maximales", "", "| quoi | au plus | population | niveau | source |", "|---|---|---|---|---|"]
    parts += [_maximum(each) for each in tables.maxima()] + [""]
    return "\n".join(parts)


def _name(about: str) -> str:
    return tables.classes()[about[1:]].label if about.startswith("@") else about


def _source(source: Source | None) -> str:
    return "à valider" if source is None else f"[{source.title}]({source.at}), {source.on}"


def _bounds(low: Decimal | None, high: Decimal | None, *, months: bool = False) -> str:
    told = [_age(each) if months and each is not None else each for each in (low, high)]
    if low and high is not None:
        return f"{told[0]} à {told[1]}"
    return f"moins de {told[1]}" if high is not None else f"dès {told[0]}" if low else ""


def _age(months: Decimal) -> str:
    return f"{months // _YEAR} ans" if months % _YEAR == 0 and months else f"{months} mois"


def _caveat(row: Caveat) -> str:
    bounds = _bounds(row.low, row.high, months=row.kind is AlertKind.AGE)
    return f"| {_name(row.about)} | {row.level.label} | {bounds} | {row.found} | {_source(row.source)} |"


def _maximum(row: Maximum) -> str:
    unit = "jours" if row.per == "days" else row.unit
    light, heavy = ((None if each is None else each / 1000) for each in row.weight_g)
    parts = (
        _bounds(*row.age, months=True),
        f"{_bounds(light, heavy)} kg" if (light, heavy) != (None, None) else "",
        f"clairance sous {row.clearance_under} ml/min" if row.clearance_under is not None else "",
    )
    amount = f"{row.amount} {unit} {_PER[row.per]}".replace(".", ",")
    return f"| {_name(row.about)} | {amount} | {', '.join(filter(None, parts))} | {row.level.label} | {_source(row.source)} |"
