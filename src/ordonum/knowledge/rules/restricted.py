"""Rules of medicines reserved to hospitals or specialists, and of their initial prescription."""

from datetime import date

from ordonum.knowledge.rules import sources
from ordonum.knowledge.rules.medicines import CODE, EXCEPTIONS, MEDICINE
from ordonum.model.conditions import Trait
from ordonum.model.rule import Check, Effect, Rule, Scope, When

BASE = date(2025, 7, 1)  # the drug base that says so
CONTRADICTED = (
    "le code et les substances ne sont pas d'un même médicament : les conditions de l'un et des autres s'appliquent"
)
_INITIAL = frozenset({Trait.INITIAL_HOSPITAL, Trait.INITIAL_SPECIALISTS})

RESTRICTED: tuple[Rule, ...] = (
    Rule(
        name="hospital-only",
        article="CSP R.5121-77",
        sentence="médicament réservé à l'usage hospitalier : il ne se prescrit pas en ville",
        since=CODE,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.ALWAYS,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.HOSPITAL_ONLY})),
        source=sources.HOSPITAL_ONLY,
    ),
    Rule(
        name="hospital-prescription",
        article="CSP R.5121-77",
        sentence="médicament à prescription hospitalière, prescrit hors d'un établissement",
        since=CODE,
        effect=Effect.ASKS,
        when=When.REGISTRATION,
        check=Check.HOSPITAL,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.HOSPITAL})),
        source=sources.R5121_77,
    ),
    Rule(
        name="specialists-only",
        article="CSP R.5121-77",
        sentence="médicament réservé à certains spécialistes",
        since=CODE,
        effect=Effect.ASKS,
        when=When.REGISTRATION,
        check=Check.SPECIALIST,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.SPECIALISTS})),
        source=sources.R5121_77,
    ),
    Rule(
        name="initial-cited",
        article="CSP R.5121-77",
        sentence="renouvellement d'une prescription initiale hospitalière ou de spécialiste : citez-la (initial)",
        since=CODE,
        effect=Effect.INFORMS,
        when=When.REGISTRATION,
        check=Check.INITIAL_MISSING,
        scope=Scope(kinds=MEDICINE, traits=_INITIAL),
        source=sources.R5121_77,
    ),
    Rule(
        name="initial-presented",
        article="CSP R.5121-78",
        sentence="l'ordonnance initiale de l'hôpital ou du spécialiste est à présenter en même temps",
        since=CODE,
        effect=Effect.ASKS,
        when=When.FIRST,
        check=Check.INITIAL_MISSING,
        scope=Scope(kinds=MEDICINE, traits=_INITIAL),
        waived=EXCEPTIONS,
        source=sources.R5121_77,
    ),
    Rule(
        name="initial-in-time",
        article="CSP R.5121-77",
        sentence="ordonnance initiale valable jusqu'au {day}",
        since=CODE,
        effect=Effect.ASKS,
        when=When.ANY,
        check=Check.INITIAL_OVER,
        scope=Scope(kinds=MEDICINE, traits=_INITIAL),
        waived=EXCEPTIONS,
        source=sources.R5121_77,
    ),
    Rule(
        name="renewal-specialists",
        article=None,
        sentence="renouvellement réservé à certains spécialistes",
        since=BASE,
        effect=Effect.INFORMS,
        when=When.REGISTRATION,
        check=Check.RENEWED_BY,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.RENEWAL_SPECIALISTS})),
        source=None,
    ),
    Rule(
        name="watched-told",
        article="CSP R.5121-77",
        sentence="médicament nécessitant une surveillance particulière pendant le traitement",
        since=CODE,
        effect=Effect.INFORMS,
        when=When.REGISTRATION,
        check=Check.ALWAYS,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.WATCHED})),
        source=sources.R5121_77,
    ),
    Rule(
        name="not-renewable",
        article=None,
        sentence="délivré sur prescription non renouvelable, d'après son autorisation : {renewals} renouvellement(s) prescrit(s)",
        since=BASE,
        effect=Effect.INFORMS,
        when=When.REGISTRATION,
        check=Check.RENEWED,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.NO_RENEWAL})),
        source=None,
    ),
    Rule(
        name="code-against-substances",
        article=None,
        sentence=CONTRADICTED,
        since=BASE,
        effect=Effect.INFORMS,
        when=When.REGISTRATION,
        check=Check.CONTRADICTED,
        scope=Scope(kinds=MEDICINE),
        source=None,
    ),
    Rule(
        name="code-against-substances-delivered",
        article=None,
        sentence=CONTRADICTED,
        since=BASE,
        effect=Effect.INFORMS,
        when=When.ANY,
        check=Check.CONTRADICTED,
        scope=Scope(kinds=MEDICINE),
        source=None,
    ),
)
