"""Rules of medicines whose prescription is shortened: hypnotics, anxiolytics, tramadol, codeine, prégabaline."""

from datetime import date

from ordonum.knowledge.rules import sources
from ordonum.knowledge.rules.medicines import MEDICINE
from ordonum.knowledge.rules.narcotics import LIKE_NARCOTICS
from ordonum.model.conditions import Trait
from ordonum.model.rule import Check, Effect, Rule, Scope, When

SLEEP = date(1991, 11, 22)
TRAMADOL = date(2020, 5, 1)  # «en avril 2020»: the day was not read
OPIOIDS = date(2025, 3, 1)
PREGABALIN = date(2021, 5, 24)

BASE = date(2025, 7, 1)  # the drug base that says so
# What another rule holds.
_SECURED = LIKE_NARCOTICS | {Trait.WEAK_OPIOID, Trait.PREGABALIN}
_LIMITED = LIKE_NARCOTICS | {Trait.HYPNOTIC, Trait.ANXIOLYTIC, Trait.WEAK_OPIOID}

SHORTENED: tuple[Rule, ...] = (
    Rule(
        name="hypnotic-4-weeks",
        article="arrêté du 7 octobre 1991",
        sentence="hypnotique prescrit pour {asked} jours ; au plus quatre semaines",
        since=SLEEP,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.LASTS,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.HYPNOTIC})),
        days=28,
        source=sources.SLEEP_1991,
    ),
    Rule(
        name="anxiolytic-12-weeks",
        article="arrêté du 7 octobre 1991",
        sentence="anxiolytique prescrit pour {asked} jours ; au plus douze semaines",
        since=SLEEP,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.LASTS,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.ANXIOLYTIC})),
        days=84,
        source=sources.SLEEP_1991,
    ),
    Rule(
        name="tramadol-12-weeks",
        article="CSP R.5132-21, décision ANSM",
        sentence="tramadol prescrit pour {asked} jours ; au plus douze semaines",
        since=TRAMADOL,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.LASTS,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.TRAMADOL})),
        days=84,
        source=sources.OPIOIDS_2025,
    ),
    Rule(
        name="codeine-12-weeks",
        article="CSP R.5132-21, décision ANSM",
        sentence="codéine ou dihydrocodéine prescrite pour {asked} jours ; au plus douze semaines",
        since=OPIOIDS,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.LASTS,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.WEAK_OPIOID}), without=frozenset({Trait.TRAMADOL})),
        days=84,
        source=sources.OPIOIDS_2025,
    ),
    Rule(
        name="weak-opioid-secured",
        article="CSP R.5132-5, décision ANSM",
        sentence="tramadol ou codéine : à prescrire sur ordonnance sécurisée, la ligne doit le dire (secured)",
        since=OPIOIDS,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.MARKED,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.WEAK_OPIOID})),
        source=sources.OPIOIDS_2025,
    ),
    Rule(
        name="weak-opioid-in-words",
        article="CSP R.5132-29, décision ANSM",
        sentence="tramadol ou codéine : dosage, posologie et durée à écrire en toutes lettres",
        since=OPIOIDS,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.WORDS,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.WEAK_OPIOID})),
        source=sources.OPIOIDS_2025,
    ),
    Rule(
        name="pregabalin-6-months",
        article="arrêté du 12 février 2021",
        sentence="prégabaline prescrite pour {asked} jours ; au plus six mois",
        since=PREGABALIN,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.LASTS,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.PREGABALIN})),
        months=6,
        source=sources.PREGABALIN_2021,
    ),
    Rule(
        name="pregabalin-secured",
        article="CSP R.5132-5, arrêté du 12 février 2021",
        sentence="prégabaline : à prescrire sur ordonnance sécurisée, la ligne doit le dire (secured)",
        since=PREGABALIN,
        effect=Effect.REFUSES,
        when=When.REGISTRATION,
        check=Check.MARKED,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.PREGABALIN})),
        source=sources.PREGABALIN_ANSM,
    ),
    Rule(
        name="limited-by-its-authorisation",
        article=None,
        sentence="prescrit pour {asked} jours ; l'autorisation de mise sur le marché limite à {most} jours",
        since=BASE,
        effect=Effect.INFORMS,
        when=When.REGISTRATION,
        check=Check.LASTS,
        scope=Scope(kinds=MEDICINE, without=_LIMITED | {Trait.PREGABALIN}),
        source=None,
    ),
    Rule(
        name="secured-by-its-authorisation",
        article=None,
        sentence="à prescrire sur ordonnance sécurisée d'après son autorisation : la ligne doit le dire (secured)",
        since=BASE,
        effect=Effect.INFORMS,
        when=When.REGISTRATION,
        check=Check.MARKED,
        scope=Scope(kinds=MEDICINE, traits=frozenset({Trait.SECURED}), without=_SECURED),
        source=None,
    ),
)
