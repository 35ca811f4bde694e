"""The page of rights, docs/droits.md: role × act × family, from the table."""

from ordonum.knowledge.care_team import READABLE, SOURCE
from ordonum.knowledge.rights import MAY_SECURE, OF_EXECUTANTS, OF_PRESCRIBERS, PURPOSES, RIGHTS, Right, Role
from ordonum.model.insurer import Mission
from ordonum.model.lines import IN_SCOPE, Family


def rights_page() -> str:
    """docs/droits.md: role × act × family, from the table, and the purposes that an agent may declare."""
    missions = [role for role in RIGHTS if isinstance(role, Mission)]
    purposes = [f"| {each.label} | {', '.join(sorted(one.label for one in PURPOSES[each]))} |" for each in missions]
    return "\n".join(
        [
            "# Droits : rôle × acte × famille",
            "",
            "*Page produite par `scripts/write_docs.py` depuis `knowledge/rights.py` ; ne pas modifier à la main.*",
            "",
            "Ce qui n'est pas dans une case est refusé.",
            "",
            f"- **Prescrit** : {', '.join(each.label for each in OF_PRESCRIBERS)} ; chacun les siennes, l'annulation et le",
            "  remplacement aussi par le confrère remplacé et, avec une raison, un prescripteur du même lieu.",
            f"- **Exécute** : {', '.join(each.label for each in OF_EXECUTANTS)} ; on ne corrige ni ne retire que les exécutions",
            "  de son lieu. « Autre prescription » : celle, sans famille, qui est adressée à cette profession.",
            f"- Une ligne sécurisée se prescrit par : {', '.join(sorted(each.label for each in MAY_SECURE))}.",
            "",
            "| rôle | prescrit | exécute | et aussi |",
            "|---|---|---|---|",
            *(_rights_of(role) for role in RIGHTS),
            "",
            "## Agents de l'Assurance Maladie : finalités",
            "",
            "Chaque appel d'un agent déclare sa finalité, tracée. Le service médical lit aussi les lignes de l'ordonnance.",
            "",
            "| mission | finalités |",
            "|---|---|",
            *purposes,
            "",
            "## Équipe de soins : relation × rôle × familles trouvées",
            "",
            f"Source : {SOURCE}. Qui n'a pas de case ne peut pas déclarer la relation. « Autre prescription » : celle qui est",
            "adressée à cette profession ; un médecin les trouve toutes.",
            "",
            "| relation déclarée | rôle | trouve |",
            "|---|---|---|",
            *(
                f"| {relation.label} | {role.label} | {_families(found | {Family.OTHER})} |"
                for relation, row in READABLE.items()
                for role, found in row.items()
            ),
            "",
        ]
    )


def _rights_of(role: Role) -> str:
    """The row of a role: the families that go with prescribing and executing, and its other acts with theirs."""
    cells = dict(RIGHTS[role])
    shown = []
    for group, first in ((OF_PRESCRIBERS, Right.REGISTER), (OF_EXECUTANTS, Right.EXECUTE)):
        whole = first in cells and all(cells.get(each) == cells[first] for each in group)
        shown.append(_families(cells[first]) if whole else "")
        cells = {right: families for right, families in cells.items() if not (whole and right in group)}
    assert all(families == IN_SCOPE for families in cells.values())  # else the page would have to say which
    return f"| {role.label} | {shown[0]} | {shown[1]} | {', '.join(right.label for right in cells)} |"


def _families(families: frozenset[Family]) -> str:
    return "toutes" if families == IN_SCOPE else ", ".join(each.label for each in Family if each in families)
