"""Who did what on a patient's data, as the patient reads it: a sentence an entry.

A professional is shown by name, profession and place, as to the holder of a DMP; an employee by role and place, since they
act under a professional; an agent of the insurer by mission and organisation, never by number.
"""

from ordonum.model.actors import Actor, Agent, Employee, Professional
from ordonum.model.acts import Origin
from ordonum.model.care_team import Care
from ordonum.model.lines import Family
from ordonum.model.refusals import BY_CODE, happened
from ordonum.texts.french import CONFLICTS

# What was done, and the same to be refused. The key is the operation's name.
DEEDS = {
    "register": ("a enregistré", "Enregistrer"),
    "replace": ("a remplacé", "Remplacer"),
    "cancel": ("a annulé, en tout ou partie,", "Annuler"),
    "executions": ("a relu ce qui a été exécuté de", "Relire ce qui a été exécuté de"),
    "recorded": ("a vérifié l'enregistrement de", "Vérifier l'enregistrement de"),
    "registered": ("a listé, parmi les siennes,", "Lister"),
    "copy": ("a déclaré remise la copie numérique de", "Déclarer remise la copie numérique de"),
    "delegate": ("a délégué une clé pour", "Déléguer une clé pour"),
    "consult": ("a consulté", "Consulter"),
    "execute": ("a exécuté, en tout ou partie,", "Exécuter"),
    "correct": ("a corrigé une exécution de", "Corriger une exécution de"),
    "withdraw": ("a retiré une exécution de", "Retirer une exécution de"),
    "invoice": ("a rattaché une facture à", "Rattacher une facture à"),
    "report": ("a signalé une falsification de", "Signaler une falsification de"),
    "search": ("a consulté, comme membre de votre équipe de soins,", "Chercher, comme soignant, parmi"),
    "seek": ("a cherché, comme membre de votre équipe de soins, parmi", "Chercher, comme soignant, parmi"),
    "oppose": ("a enregistré votre opposition à la relecture de", "Enregistrer une opposition à la relecture de"),
    "lift": (
        "a levé, à votre demande, votre opposition à la relecture de",
        "Lever l'opposition à la relecture de",
    ),
    "traces": ("a relu, à votre demande, qui a fait quoi sur", "Relire qui a fait quoi sur"),
    "justify": ("a lu ce qui justifie la facture de", "Lire ce qui justifie la facture de"),
}

# Why something was refused, told to the patient and not to whoever asked.
MOTIVES = {
    "not-your-family": "cette profession ne lit pas ce type d'ordonnance",
    "not-your-prescription": "elle est d'un autre prescripteur",
    "own-prescription": "il s'agit de sa propre ordonnance",
    "patient-opposed": "vous vous y êtes opposé(e)",
    "cancelled": "elle était annulée",
    "already-cancelled": "elle était déjà annulée",
    "already-executed": "elle était déjà exécutée",
    "already-opposed": "une opposition était déjà en vigueur",
    "not-opposed": "aucune opposition n'était en vigueur",
    "not-entitled": "cette profession ne prescrit pas ce type d'ordonnance",
    "not-entitled-secured": "cette profession ne prescrit pas sur ordonnance sécurisée",
    "relation-not-yours": "la relation déclarée n'est pas de sa profession",
    "purpose-not-of-mission": "la finalité déclarée n'était pas de sa mission",
    "performed-in-future": "la date de l'acte était dans le futur",
    "quantity-wanted": "la quantité manquait",
    "unit-differs": "la quantité n'était pas dans l'unité prescrite",
    "unknown-number": "elle n'était pas enregistrée",
    "not-registered": "elle n'était pas enregistrée",
    "not-yet-registered": "elle n'était pas encore enregistrée",
    "exists-different": "le même acte avait déjà été envoyé autrement",
    "unknown-line": "une ligne n'est pas dans l'ordonnance",
    "rule-refuses": "une règle l'interdisait",
}
ERASED = "Quelqu'un dont l'identité a été effacée"
WHOLE = "toutes vos ordonnances"


def who(actor: Actor) -> str:
    """«Nadia PETIT, pharmacien», «préparateur en pharmacie», «agent : remboursement»."""
    if isinstance(actor.who, Professional):
        return f"{actor.who.given_name} {actor.who.surname}, {actor.who.profession.label}"
    if isinstance(actor.who, Employee):
        return actor.who.role.label
    return f"agent : {actor.who.mission.label}" if isinstance(actor.who, Agent) else "logiciel de la structure"


def sentence(
    action: str, outcome: str, place: str | None, about: str, origin: str | None = None, care: Care | None = None
) -> str:
    """«Pharmacie du Centre a consulté votre ordonnance du 3 novembre 2026 (ordonnance papier).», or what was refused and why.

    `outcome` is `done` or a refusal's code; `about` what it was done to; `origin` how the number had come; `care` what a
    professional of the care team declared.
    """
    done, attempted = DEEDS.get(action, (f"a fait ({action}) sur", f"L'acte ({action}) sur"))
    by = place or ERASED
    if outcome == "done":
        came = f" ({Origin(origin).label})" if origin else ""
        came += f" ({care.relation.label} ; {care.purpose.label})" if care is not None else ""
        return f"{by} {done} {about}{came}."
    return f"{attempted} {about} a été refusé à {by} : {motive(outcome)}."


def motive(code: str) -> str:
    """Why, in words that name nothing of what was asked."""
    if (told := MOTIVES.get(code) or CONFLICTS.get(code)) is not None:
        return told
    said = happened(BY_CODE[code]) if code in BY_CODE else "…"
    return "le service ne l'a pas admis" if "…" in said else said[0].lower() + said[1:].rstrip(".")


def prescription(written_on: str, family: Family) -> str:
    """«votre ordonnance du 3 novembre 2026 (biologie)»."""
    return f"votre ordonnance du {written_on} ({family.label})"
