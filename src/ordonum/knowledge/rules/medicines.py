"""Rules of common and listed medicines: delays, renewals, quantities at once."""

from datetime import date

from ordonum.knowledge.rules import sources
from ordonum.model.conditions import LISTED, LISTS, Trait
from ordonum.model.outcomes import ExceptionalRule
from ordonum.model.rule import Check, Effect, Rule, Scope, When

CODE = date(2004, 8, 8)  # the regulatory part of the CSP as it is numbered today
DECREE_2004 = date(2004, 12, 18)
MEDICINE = frozenset({"medicine"})
EXCEPTIONS = frozenset(ExceptionalRule)
PILL = frozenset({Trait.ORAL_CONTRACEPTIVE})
NARCOTICS = frozenset({Trait.NARCOTIC})

MEDICINES: tuple[Rule, ...] = (
    Rule(
        name="first-delivery-3-months",
        article="CSP R.5132-22",
        sentence="première délivrance d'un médicament des listes I ou II possible jusqu'au {day}, trois mois après la rédaction",
        since=CODE,
        effect=Effect.REFUSES,
        when=When.FIRST,
        check=Check.SINCE_WRITING,
        scope=Scope(kinds=MEDICINE, traits=LISTED),
        months=3,
        waived=EXCEPTIONS,
        source=sources.R5132_22,
    ),
    Rule(
        name="listed-12-months",
        article="CSP R.5132-21, CSP R.5132-22",
        sentence="aucune délivrance d'un médicament des listes I ou II après le {day}, douze mois après la rédaction",
        since=CODE,
        effect=Effect.REFUSES,
        when=When.ANY,
        check=Check.SINCE_WRITING,
        scope=Scope(kinds=MEDICINE, traits=LISTED),
        months=12,
        waived=EXCEPTIONS,
        source=sources.R5132_22,
    ),
    Rule(
        name="common-12-months",
        article="CSP R.5123-2, CSS R.162-20-5",
        sentence="prescription de plus de douze mois (jusqu'au {day}) : le remboursement ne suit plus",
        since=DECREE_2004,
        effect=Effect.ASKS,
        when=When.ANY,
        check=Check.SINCE_WRITING,
        scope=Scope(kinds=MEDICINE, without=LISTED, reimbursable=True),
        months=12,
        waived=EXCEPTIONS,
        source=sources.R162_20_5,
    ),
    Rule(
        name="listed-lasts-12-months",
        article="CSP R.5132-21",
        sentence="traitement prescrit pour {asked} jours en tout ; le plus long est de douze mois",
        since=CODE,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.LASTS,
        scope=Scope(kinds=MEDICINE, traits=LISTED),
        months=12,
        source=sources.R5132_21,
    ),
    Rule(
        name="a-month-at-once",
        article="CSP R.5123-2, CSS R.162-20-5",
        sentence="{asked} jours de traitement en une fois ; au plus quatre semaines ou {most} jours, sauf grand conditionnement",
        since=DECREE_2004,
        effect=Effect.ASKS,
        when=When.ANY,
        check=Check.AT_ONCE,
        scope=Scope(kinds=MEDICINE, without=PILL | NARCOTICS, reimbursable=True),
        days=30,
        waived=EXCEPTIONS,
        source=sources.R162_20_5,
    ),
    Rule(
        name="contraceptive-at-once",
        article="CSP R.5123-2, CSS R.162-20-5",
        sentence="{asked} jours de contraception en une fois ; au plus douze semaines, sauf grand conditionnement",
        since=DECREE_2004,
        effect=Effect.ASKS,
        when=When.ANY,
        check=Check.AT_ONCE,
        scope=Scope(kinds=MEDICINE, traits=PILL),
        days=84,
        waived=EXCEPTIONS,
        source=sources.R162_20_5,
    ),
    Rule(
        name="renewal-not-before",
        article="CSP R.5132-14",
        sentence="délivrance suivante pas avant le {day}, d'après la posologie et ce qui a été délivré",
        since=CODE,
        effect=Effect.ASKS,
        when=When.RENEWAL,
        check=Check.TOO_SOON,
        scope=Scope(kinds=MEDICINE, traits=LISTS, without=NARCOTICS),
        source=sources.R5132_14,
    ),
    Rule(
        name="list-1-renewal-stated",
        article="CSP R.5132-22",
        sentence="un médicament de la liste I n'est renouvelé que si cela est écrit : au-delà, une raison est demandée",
        since=CODE,
        effect=Effect.ASKS,
        when=When.RENEWAL,
        check=Check.ELSEWHERE,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.LIST_I})),
        code="more-than-left",
        source=sources.R5132_22,
    ),
    Rule(
        name="list-2-renewal-forbidden",
        article="CSP R.5132-22",
        sentence="renouvellement d'un médicament de la liste II que le prescripteur a interdit",
        since=CODE,
        effect=Effect.REFUSES,
        when=When.RENEWAL,
        check=Check.FORBIDDEN,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.LIST_II})),
        waived=EXCEPTIONS,
        source=sources.R5132_22,
    ),
    Rule(
        name="list-2-renewal-free",
        article="CSP R.5132-22",
        sentence="renouvellement d'un médicament de la liste II, que le prescripteur n'a pas interdit",
        since=CODE,
        effect=Effect.INFORMS,
        when=When.RENEWAL,
        check=Check.MAY_RENEW,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.LIST_II})),
        waived=EXCEPTIONS,
        source=sources.R5132_22,
    ),
)
