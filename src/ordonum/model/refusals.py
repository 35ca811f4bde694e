"""Every reason to say no: one list. It feeds the API's errors, the client's exceptions, the command line and the docs.

A detail is made of what happened, whether anything was recorded (from `effect`), and what to do.
"""

from enum import Enum
from typing import Any

from msgspec import Struct


class Kind(Enum):
    """The class of a refusal; the API turns it into a status code."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    ASKS = "asks-a-reason"
    TOO_LARGE = "too-large"
    METHOD = "method"
    SLOW = "slow"
    LIMITED = "limited"
    BUSY = "busy"
    BUG = "bug"


class Effect(Enum):
    """Whether anything was recorded, with the sentence that says it."""

    NONE = "none"
    RECORDED = "recorded"
    UNKNOWN = "unknown"


RECORDED_SENTENCE = {
    Effect.NONE: "Rien n'a été enregistré.",
    Effect.RECORDED: "L'acte est enregistré.",
    Effect.UNKNOWN: "On ne sait pas si l'acte a été enregistré.",
}


class Retry(Enum):
    """What a software may do without asking anybody."""

    NEVER = "never"
    SAME_ID = "same-id"
    LATER = "later"


class Reason(Struct, frozen=True):
    """One reason to refuse. `what` and `todo` may hold {facts} that the caller is entitled to."""

    code: str
    kind: Kind
    what: str
    todo: str
    effect: Effect = Effect.NONE
    retry: Retry = Retry.NEVER


class Refusal(Enum):
    """The list. Order has no meaning; each decision states its own order of precedence."""

    # longer than 300 lines because it is one list

    # shape
    UNREADABLE = Reason(
        "unreadable",
        Kind.INVALID,
        "La demande n'a pas la forme attendue.",
        "Corrigez les champs cités, puis recommencez.",
    )
    WRONG_CHECK_SYMBOL = Reason(
        "wrong-check-symbol",
        Kind.INVALID,
        "Ce numéro d'ordonnance est mal recopié : son symbole de contrôle ne convient pas.{meant}",
        "Relisez le numéro imprimé sous le QR code (attention à B et 8, S et 5, G et 6, U et V).",
    )
    TOO_LARGE = Reason(
        "too-large", Kind.TOO_LARGE, "La demande est trop volumineuse.", "Réduisez-la à moins de {limit_kb} ko."
    )
    TOO_SLOW = Reason(
        "too-slow",
        Kind.SLOW,
        "La demande n'est pas arrivée en entier à temps.",
        "Renvoyez la même demande.",
        retry=Retry.SAME_ID,
    )
    NO_SUCH_PAGE = Reason(
        "no-such-page",
        Kind.NOT_FOUND,
        "Cette adresse n'existe pas.",
        "Consultez la documentation de l'interface sur /docs.",
    )
    WRONG_METHOD = Reason(
        "wrong-method",
        Kind.METHOD,
        "Cette adresse n'accepte pas cette méthode HTTP.",
        "Consultez la documentation de l'interface sur /docs.",
    )
    # who asks
    NO_TOKEN = Reason(
        "no-token",
        Kind.UNAUTHENTICATED,
        "La demande ne porte pas de jeton d'accès valide.",
        "Demandez un jeton sur /v1/token, puis renvoyez.",
        retry=Retry.SAME_ID,
    )
    TOKEN_EXPIRED = Reason(
        "token-expired",
        Kind.UNAUTHENTICATED,
        "Le jeton d'accès a expiré.",
        "Demandez un nouveau jeton sur /v1/token, puis renvoyez.",
        retry=Retry.SAME_ID,
    )
    BAD_ASSERTION = Reason(
        "bad-assertion",
        Kind.UNAUTHENTICATED,
        "L'assertion d'authentification n'est pas recevable : {cause}.",
        "Refaites l'assertion avec la carte du professionnel.",
    )
    CLOCK_DIFFERS = Reason(
        "clock-differs",
        Kind.UNAUTHENTICATED,
        "L'horloge du poste et celle du service diffèrent de plus de cinq minutes. Heure du service : {service_time}.",
        "Réglez l'heure du poste, puis recommencez.",
    )
    ASSERTION_REUSED = Reason(
        "assertion-reused", Kind.UNAUTHENTICATED, "Cette assertion a déjà servi.", "Refaites une assertion."
    )
    CERTIFICATE_UNTRUSTED = Reason(
        "certificate-untrusted",
        Kind.UNAUTHENTICATED,
        "Le certificat présenté ne remonte à aucune autorité admise par le service.",
        "Vérifiez la carte employée et les certificats joints.",
    )
    CERTIFICATE_EXPIRED = Reason(
        "certificate-expired",
        Kind.UNAUTHENTICATED,
        "Le certificat présenté n'est pas valable à cette date.",
        "Renouvelez la carte, puis signez de nouveau avec le même numéro et le même identifiant d'acte.",
    )
    CERTIFICATE_REVOKED = Reason(
        "certificate-revoked",
        Kind.UNAUTHENTICATED,
        "Le certificat présenté est révoqué.",
        "Signez de nouveau avec une carte en cours de validité, même numéro et même identifiant d'acte.",
    )
    # rights
    NOT_ENTITLED = Reason(
        "not-entitled",
        Kind.FORBIDDEN,
        "La profession « {profession} » ne permet pas cet acte sur une ordonnance de type « {family} ».",
        "Vérifiez la profession et le type d'ordonnance.",
    )
    NOT_ENTITLED_SECURED = Reason(
        "not-entitled-secured",
        Kind.FORBIDDEN,
        "La profession « {profession} » ne prescrit pas ce qui demande une ordonnance sécurisée.",
        "Adressez le patient à un médecin.",
    )
    NOT_YOUR_FAMILY = Reason(
        "not-your-family",
        Kind.FORBIDDEN,
        "Cette ordonnance s'adresse à une autre profession.",
        "Orientez le patient vers le professionnel concerné.",
    )
    NOT_YOUR_PRESCRIPTION = Reason(
        "not-your-prescription",
        Kind.FORBIDDEN,
        "Cette ordonnance a été établie par un autre prescripteur.",
        "Seul son prescripteur peut faire cet acte.",
    )
    PATIENT_OPPOSED = Reason(
        "patient-opposed",
        Kind.FORBIDDEN,
        "Le patient s'est opposé à ce que le prescripteur consulte ce qui a été délivré.",
        "Parlez-en avec le patient s'il y a lieu ; il peut lever son opposition.",
    )
    TRANSPORT_OUT_OF_SCOPE = Reason(
        "transport-out-of-scope",
        Kind.FORBIDDEN,
        "Les transports sanitaires ne passent pas par l'ordonnance numérique : les transporteurs n'y sont pas.",
        "Prescrivez le transport par son propre formulaire (service de prescription électronique de transport, ou papier).",
    )
    MADE_AND_EXECUTED_INSIDE = Reason(
        "made-and-executed-inside",
        Kind.FORBIDDEN,
        "Une prescription faite et exécutée à l'intérieur d'un établissement ne passe pas par l'ordonnance numérique "
        "(CSP L.4071-4).",
        "Suivez le circuit interne de l'établissement.",
    )
    NOT_FOR_THIS_CALLER = Reason(
        "not-for-this-caller",
        Kind.FORBIDDEN,
        "Un appel fait comme « {caller} » ne permet pas cet acte.",
        "Faites-le avec une carte qui en donne le droit.",
    )
    PURPOSE_NOT_OF_MISSION = Reason(
        "purpose-not-of-mission",
        Kind.FORBIDDEN,
        "La finalité déclarée (« {purpose} ») n'est pas de la mission que porte votre carte.",
        "Déclarez la vraie finalité, ou faites-le faire par un agent dont c'est la mission.",
    )
    FICTITIOUS_NUMBER = Reason(
        "fictitious-number",
        Kind.INVALID,
        "Ce numéro est fictif ou partagé par plusieurs personnes : il ne désigne aucun patient.",
        "Demandez au patient son propre numéro.",
    )
    ALREADY_OPPOSED = Reason(
        "already-opposed",
        Kind.CONFLICT,
        "Une opposition de ce patient est déjà en vigueur depuis le {day}.",
        "Il n'y a rien à faire : elle reste en vigueur.",
    )
    NOT_OPPOSED = Reason(
        "not-opposed",
        Kind.CONFLICT,
        "Aucune opposition de ce patient n'est en vigueur auprès de sa caisse.",
        "Une opposition notée à la prescription ne se lève pas ici : elle ne porte que sur cette ordonnance.",
    )
    # software and sites
    SOFTWARE_UNKNOWN = Reason(
        "software-unknown",
        Kind.FORBIDDEN,
        "Ce logiciel n'est pas au registre des logiciels (NIL absent ou inconnu).",
        "Indiquez le NIL du logiciel ; son éditeur le demande à l'autorité.",
    )
    SOFTWARE_NOT_USABLE = Reason(
        "software-not-usable",
        Kind.FORBIDDEN,
        "Le logiciel « {product} » ne peut pas servir à cette date : il est {status}.",
        "Adressez-vous à son éditeur.",
    )
    SOFTWARE_VERSION = Reason(
        "software-version",
        Kind.FORBIDDEN,
        "Cette version du logiciel « {product} » n'est pas autorisée.",
        "Installez une version autorisée ; son éditeur en a la liste.",
    )
    SOFTWARE_NOT_AUTHORISED = Reason(
        "software-not-authorised",
        Kind.FORBIDDEN,
        "Le logiciel « {product} » n'est pas autorisé pour le rôle « {role} ».",
        "Employez un logiciel autorisé pour ce rôle.",
    )
    SITE_UNKNOWN = Reason(
        "site-unknown",
        Kind.FORBIDDEN,
        "Ce lieu d'exercice n'est pas au registre des sites.",
        "Vérifiez le N° AM ou le FINESS du lieu ; l'éditeur du logiciel y déclare ses sites.",
    )
    SITE_NOT_ACTIVE = Reason(
        "site-not-active",
        Kind.FORBIDDEN,
        "Ce logiciel n'est pas activé à cette date sur ce site{when}.",
        "L'éditeur du logiciel déclare la date d'activation du site.",
    )
    NOT_OF_THIS_SITE = Reason(
        "not-of-this-site",
        Kind.FORBIDDEN,
        "La carte est celle d'une autre structure que ce site.",
        "Vérifiez le lieu d'exercice choisi.",
    )
    NOBODY_ANSWERS = Reason(
        "nobody-answers",
        Kind.FORBIDDEN,
        "Un employé agit sous la responsabilité d'un professionnel de ce site, et aucun n'est nommé.",
        "Indiquez le RPPS du professionnel responsable (under).",
    )
    # keys
    BAD_DELEGATION = Reason(
        "bad-delegation",
        Kind.INVALID,
        "La délégation de clé n'est pas recevable : {cause}.",
        "Refaites une délégation avec la carte du professionnel.",
    )
    KEY_NOT_DELEGATED = Reason(
        "key-not-delegated",
        Kind.INVALID,
        "L'ordonnance est signée par une clé qui n'est pas déléguée pour cela, ou ne l'est plus.",
        "Signez de nouveau avec la carte, même numéro et même identifiant d'acte.",
    )
    UNKNOWN_DAY = Reason(
        "unknown-day",
        Kind.NOT_FOUND,
        "Ce jour n'a pas de liste de clés : il est mal écrit (AAAA-MM-JJ), à venir ou trop ancien.",
        "Demandez un jour des treize derniers mois.",
    )
    UNKNOWN_DRUG = Reason(
        "unknown-drug",
        Kind.NOT_FOUND,
        "Ce code n'est pas dans la base des médicaments de ce service.",
        "Vérifiez le code (CIS ou CIP13), ou cherchez le médicament par son nom.",
    )
    # registration
    SIGNATURE_INVALID = Reason(
        "signature-invalid",
        Kind.INVALID,
        "La signature de l'ordonnance ne correspond pas à son contenu.",
        "Signez de nouveau l'ordonnance avec la carte du prescripteur.",
    )
    SIGNER_NOT_CALLER = Reason(
        "signer-not-caller",
        Kind.FORBIDDEN,
        "L'ordonnance n'est pas signée par le professionnel qui l'envoie.",
        "Envoyez-la avec la carte qui l'a signée.",
    )
    PLACE_DIFFERS = Reason(
        "place-differs",
        Kind.INVALID,
        "L'ordonnance nomme un autre lieu d'exercice que celui d'où elle est envoyée.",
        "Envoyez-la depuis le lieu qu'elle nomme (même N° AM ou FINESS, même établissement).",
    )
    SIGNER_NOT_PRESCRIBER = Reason(
        "signer-not-prescriber",
        Kind.INVALID,
        "Le prescripteur nommé dans l'ordonnance n'est pas celui de la carte qui l'a signée.",
        "Refaites l'ordonnance avec l'identité de la carte.",
    )
    COMMITMENT_DIFFERS = Reason(
        "commitment-differs",
        Kind.INVALID,
        "Le numéro, le prénom ou la date de naissance ne sont pas ceux que l'ordonnance signée engage.",
        "Refaites l'ordonnance : le numéro et l'identité se signent ensemble.",
    )
    WRITTEN_IN_FUTURE = Reason(
        "written-in-future",
        Kind.INVALID,
        "La date de rédaction est dans le futur.",
        "Corrigez la date ou l'heure du poste, puis signez de nouveau.",
    )
    WRITTEN_TOO_LONG_AGO = Reason(
        "written-too-long-ago",
        Kind.INVALID,
        "L'ordonnance a été rédigée il y a plus de douze mois.",
        "Établissez une nouvelle ordonnance.",
    )
    NUMBER_TAKEN = Reason(
        "number-taken",
        Kind.CONFLICT,
        "Une autre ordonnance porte déjà ce numéro.",
        "Refaites l'ordonnance avec un nouveau numéro.",
    )
    EXISTS_DIFFERENT = Reason(
        "exists-different",
        Kind.CONFLICT,
        "Un acte différent a déjà été enregistré sous cet identifiant.",
        "Employez un nouvel identifiant pour un nouvel acte.",
    )
    # the prescription as it is
    UNKNOWN_NUMBER = Reason(
        "unknown-number",
        Kind.NOT_FOUND,
        "Aucune ordonnance n'est enregistrée sous ce numéro. Elle n'a peut-être pas encore été transmise.{early}",
        "Papier en main, exécutez d'après lui selon les règles habituelles, sauf les lignes sécurisées ; réessayez plus tard.",
        retry=Retry.LATER,
    )
    NOT_YET_REGISTERED = Reason(
        "not-yet-registered",
        Kind.NOT_FOUND,
        "Le QR code est authentique, mais l'ordonnance n'est pas encore enregistrée.{early}",
        "Papier en main, exécutez d'après lui selon les règles habituelles, sauf les lignes sécurisées, et déclarez-le "
        "« déjà remis » avec le QR code : ce sera gardé.",
        retry=Retry.LATER,
    )
    NOT_REGISTERED = Reason(
        "not-registered",
        Kind.NOT_FOUND,
        "Aucune ordonnance n'est enregistrée sous ce numéro.",
        "Vérifiez le numéro, ou renvoyez d'abord l'enregistrement (resend).",
        retry=Retry.LATER,
    )
    TOO_MANY_UNKNOWN = Reason(
        "too-many-unknown",
        Kind.LIMITED,
        "Trop de numéros inconnus ont été demandés en dix minutes. Un numéro qui vient sans QR code authentique, enregistré "
        "ou non, attend son tour : une réponse toutes les {every} secondes. L'Assurance Maladie en est avertie.",
        "Scannez le QR code de la feuille : il est servi aussitôt. Sinon, réessayez dans {seconds} secondes.",
        retry=Retry.LATER,
    )
    TOO_MANY_SEARCHES = Reason(
        "too-many-searches",
        Kind.LIMITED,
        "Trop de patients dont rien n'est trouvé ont été cherchés en vingt-quatre heures. Chaque recherche attend désormais son "
        "tour, quoi qu'elle trouve : une réponse toutes les {every} secondes. L'Assurance Maladie en est avertie.",
        "Réessayez dans {seconds} secondes ; l'ordonnance que le patient présente se lit par son numéro, aussitôt.",
        retry=Retry.LATER,
    )
    RELATION_NOT_YOURS = Reason(
        "relation-not-yours",
        Kind.FORBIDDEN,
        "« {relation} » n'est pas une relation de soins de votre profession ({caller}).",
        "Déclarez celle par laquelle vous prenez en charge ce patient ; sans elle, la recherche n'est pas ouverte.",
    )
    UNKNOWN_OWN_ACT = Reason(
        "unknown-own-act",
        Kind.NOT_FOUND,
        "Aucune ordonnance enregistrée par vous ne porte cet identifiant d'acte.",
        "Vérifiez l'identifiant, ou renvoyez l'enregistrement.",
    )
    # the law of the circuit: acts of the prescriber
    COLLEAGUE_REASON_WANTED = Reason(
        "colleague-reason-wanted",
        Kind.ASKS,
        "Cette ordonnance est d'un autre prescripteur de ce lieu.",
        "Dites pourquoi vous agissez pour lui (« place_reason »).",
    )
    LINE_ALREADY_STOPPED = Reason(
        "line-already-stopped",
        Kind.CONFLICT,
        "La ligne {line} est déjà {status}.",
        "Relisez les exécutions avant d'annuler ; l'annulation des autres lignes se demande à part.",
    )
    REPLACED = Reason(
        "replaced",
        Kind.CONFLICT,
        "Cette ordonnance a été remplacée le {day} par une autre ordonnance ({why}).",
        "Demandez au patient la nouvelle ordonnance, ou appelez le prescripteur.",
    )
    REPLACES_DIFFERS = Reason(
        "replaces-differs",
        Kind.INVALID,
        "L'ordonnance nouvelle ne nomme pas, dans ce qui est signé, celle qu'elle remplace.",
        "Signez l'ordonnance nouvelle avec l'identifiant de l'acte qui a enregistré l'ancienne (« replaces »).",
    )
    REPLACES_ANOTHER_PATIENT = Reason(
        "replaces-another-patient",
        Kind.CONFLICT,
        "L'ordonnance nouvelle n'est pas pour le patient de celle qu'elle remplace, ou pas de la même famille.",
        "Vérifiez l'ordonnance choisie ; pour un autre patient, annulez l'une et enregistrez l'autre.",
    )
    REPLACES_ALONE = Reason(
        "replaces-alone",
        Kind.INVALID,
        "Cette ordonnance dit en remplacer une autre : les deux actes vont dans un même appel.",
        "Envoyez-la sur /v1/replace, avec le numéro de celle qu'elle remplace.",
    )
    REPLACEMENT_BEYOND = Reason(
        "replacement-beyond",
        Kind.ASKS,
        "La ligne {line} reprend un produit déjà délivré en partie et en porte plus que ce qui restait ({left}).",
        "Ne reportez que le reste, ou dites pourquoi il en faut plus (« beyond_reason »).",
    )
    COPY_NOT_ASKED = Reason(
        "copy-not-asked",
        Kind.CONFLICT,
        "Le patient n'a pas demandé que cette copie remplace le papier.",
        "Remettez l'ordonnance sur papier ; la demande du patient se signe avec l'ordonnance (« paperless »).",
    )
    COPY_ALREADY = Reason(
        "copy-already",
        Kind.CONFLICT,
        "L'arrivée de la copie est déjà enregistrée.",
        "Rien d'autre à faire.",
    )
    COPY_DATE = Reason(
        "copy-date",
        Kind.INVALID,
        "La copie ne peut pas être acquittée avant l'enregistrement de l'ordonnance ni dans le futur.",
        "Vérifiez la date de l'acquittement (« acknowledged_at »).",
    )
    PAPERLESS_NOT_THEN = Reason(
        "paperless-not-then",
        Kind.CONFLICT,
        "Le jour de la rédaction, une copie {channel} ne pouvait pas remplacer le papier.",
        "Remettez l'ordonnance sur papier, ou choisissez l'autre voie.",
    )
    NOT_RECORDED = Reason(
        "not-recorded",
        Kind.NOT_FOUND,
        "Aucun acte de cet identifiant n'est enregistré par vous sur cette ordonnance.",
        "Renvoyez l'acte tel quel, avec le même identifiant.",
        retry=Retry.SAME_ID,
    )
    # the patient's wishes
    ANONYMITY_ANSWER_WANTED = Reason(
        "anonymity-answer-wanted",
        Kind.ASKS,
        "Ce contenu ouvre droit à l'anonymat ({ground}) et la réponse du patient manque.",
        "Posez la question et signez la réponse, oui ou non (« anonymity »).",
    )
    ANONYMITY_NOT_FOUNDED = Reason(
        "anonymity-not-founded",
        Kind.CONFLICT,
        "L'anonymat demandé ne convient pas : {ground}.",
        "Corrigez le motif de l'anonymat, ou l'âge du patient, puis signez de nouveau.",
    )
    ANONYMITY_REQUESTED = Reason(
        "anonymity-requested",
        Kind.CONFLICT,
        "Le secret a été demandé pour cette ordonnance : aucun numéro du patient ne doit y être rattaché.",
        "Renvoyez l'exécution sans numéro (identité « none », raison « anonymous ») et facturez sous anonymat.",
    )
    ANONYMOUS_CLOSED = Reason(
        "anonymous-closed",
        Kind.FORBIDDEN,
        "Cette ordonnance sous anonymat n'est plus lue que par son prescripteur et ceux qui l'ont exécutée.",
        "Il n'y a plus rien à délivrer ; adressez la patiente à l'exécutant ou au prescripteur.",
    )
    # the law of the circuit: acts of the executant
    LINE_CANCELLED = Reason(
        "line-cancelled",
        Kind.CONFLICT,
        "La ligne {line} a été annulée par le prescripteur le {day} ({why}).",
        "Ne délivrez pas cette ligne ; les autres restent à délivrer.",
    )
    UNKNOWN_EXECUTION = Reason(
        "unknown-execution",
        Kind.NOT_FOUND,
        "Aucune exécution de cet identifiant n'est enregistrée sur cette ordonnance.",
        "Consultez l'ordonnance : ses exécutions y sont, avec leurs identifiants.",
    )
    NOT_YOUR_EXECUTION = Reason(
        "not-your-execution",
        Kind.FORBIDDEN,
        "Cette exécution est d'un autre exécutant.",
        "Seul son auteur, ou quelqu'un du même lieu, peut la retirer ou la corriger : appelez-le.",
    )
    ALREADY_WITHDRAWN = Reason(
        "already-withdrawn",
        Kind.CONFLICT,
        "Cette exécution, ou cette ligne, a déjà été retirée ou corrigée.",
        "Consultez l'ordonnance pour voir où elle en est.",
    )
    # what has stopped
    CANCELLED = Reason(
        "cancelled",
        Kind.CONFLICT,
        "Le prescripteur a annulé cette ordonnance le {day} ({why}).",
        "Appelez le prescripteur si le patient a encore besoin de ce traitement.",
    )
    ALREADY_CANCELLED = Reason(
        "already-cancelled",
        Kind.CONFLICT,
        "Cette ordonnance est déjà annulée, depuis le {day} ({why}).",
        "Il n'y a rien d'autre à faire.",
    )
    OWN_PRESCRIPTION = Reason(
        "own-prescription",
        Kind.FORBIDDEN,
        "C'est votre propre ordonnance, et votre profession ne l'exécute pas.",
        "Relisez ce qui en a été exécuté (executions).",
    )
    ALREADY_EXECUTED = Reason(
        "already-executed",
        Kind.CONFLICT,
        "D'après la base, cette ordonnance est déjà entièrement exécutée.",
        "Il n'y a plus rien à annuler ni à remplacer : s'il en faut davantage, prescrivez-le par une nouvelle ordonnance.",
    )
    UNKNOWN_LINE = Reason(
        "unknown-line",
        Kind.INVALID,
        "L'ordonnance n'a pas de ligne {line}.",
        "Reprenez les numéros de ligne de l'ordonnance.",
    )
    UNIT_DIFFERS = Reason(
        "unit-differs",
        Kind.INVALID,
        "La ligne {line} se compte en {unit}.",
        "Indiquez la quantité dans cette unité, ou combien elle en couvre (covers).",
    )
    QUANTITY_WANTED = Reason(
        "quantity-wanted",
        Kind.INVALID,
        "La quantité manque à la ligne {line}, qui se compte en {unit}.",
        "Indiquez la quantité dans cette unité.",
    )
    MORE_THAN_LEFT = Reason(
        "more-than-left",
        Kind.ASKS,
        "D'après la base, il reste {left} à délivrer à la ligne {line} (dernière délivrance : {last}).",
        "Si vous devez délivrer davantage, indiquez-en la raison (beyond_reason) ; sinon appelez le prescripteur.",
    )
    SECURED_MORE_THAN_LEFT = Reason(
        "secured-more-than-left",
        Kind.CONFLICT,
        "D'après la base, il reste {left} à délivrer à la ligne {line}, ordonnance sécurisée (dernière délivrance : {last}).",
        "Aucune raison ne permet de dépasser : appelez le prescripteur.",
    )
    SECURED_UNREGISTERED = Reason(
        "secured-unregistered",
        Kind.CONFLICT,
        "La ligne demande une ordonnance sécurisée, et l'ordonnance n'était pas enregistrée.",
        "Appelez le prescripteur.",
    )
    INVOICED_IN_FUTURE = Reason(
        "invoiced-in-future",
        Kind.INVALID,
        "La date de la facture est dans le futur.",
        "Corrigez la date de la facture, ou l'heure du poste.",
    )
    QR_DIFFERS = Reason(
        "qr-differs",
        Kind.INVALID,
        "Le QR code joint n'est pas celui de ce numéro.",
        "Lisez de nouveau le QR code de la feuille.",
    )
    PERFORMED_IN_FUTURE = Reason(
        "performed-in-future",
        Kind.INVALID,
        "La date de l'acte est dans le futur. Heure du service : {service_time}.",
        "Corrigez la date, ou l'heure du poste.",
    )
    PERFORMED_BEFORE_WRITTEN = Reason(
        "performed-before-written",
        Kind.INVALID,
        "L'acte est daté d'avant la rédaction de l'ordonnance.",
        "Corrigez la date de l'acte.",
    )
    LATE_NEEDS_ALREADY = Reason(
        "late-needs-already",
        Kind.INVALID,
        "L'acte date de plus de 24 heures et se dit « remis ou fait maintenant ».",
        "Déclarez-le « déjà remis ou fait » (given: already).",
    )
    IDENTITY_DIFFERS = Reason(
        "identity-differs",
        Kind.ASKS,
        "Le prénom ou la date de naissance du bénéficiaire ne sont pas ceux de l'ordonnance.",
        "Vérifiez que c'est le bon patient ; si oui, indiquez-en la raison (identity_reason).",
    )
    RULE_REFUSES = Reason(
        "rule-refuses",
        Kind.CONFLICT,
        "{sentence} ({article}).",
        "Délivrez dans la limite dite ou à partir du jour dit, s'il y en a ; sinon, appelez le prescripteur.",
    )
    RULE_REFUSES_PRESCRIBING = Reason(
        "rule-refuses-prescribing",
        Kind.CONFLICT,
        "{sentence} ({article}).",
        "Corrigez la ligne, puis signez de nouveau, même numéro et même identifiant d'acte.",
    )
    RULE_ASKS_PRESCRIBING = Reason(
        "rule-asks-prescribing",
        Kind.ASKS,
        "{sentence} ({article}).",
        "Si vous prescrivez malgré tout, indiquez-en la raison sur la ligne (override), puis signez de nouveau.",
    )
    ALERT_STOPS = Reason(
        "alert-stops",
        Kind.ASKS,
        "L'aide à la prescription arrête cette ordonnance : {sentence}",
        "Changez la ligne, ou écrivez-y pourquoi vous passez outre (overridden), puis signez.",
    )
    DOSAGE_DIFFERS = Reason(
        "dosage-differs",
        Kind.INVALID,
        "Ligne {line} : la posologie structurée ne dit pas ce que dit le texte de la posologie, qui prévaut.",
        "Corrigez l'un ou l'autre, ou retirez la structure (structured_dosage) : elle se déduit du texte ; puis signez.",
    )
    AGREEMENT_WANTED = Reason(
        "agreement-wanted",
        Kind.ASKS,
        "La ligne {line} est délivrée autrement que prescrite, et l'accord du prescripteur n'est pas noté.",
        "Obtenez son accord et notez-en le moyen (agreement), ou délivrez comme prescrit.",
    )
    AGREEMENT_AFTER_ACT = Reason(
        "agreement-after-act",
        Kind.INVALID,
        "L'accord du prescripteur à la ligne {line} est daté d'après l'acte.",
        "Corrigez la date de l'accord.",
    )
    RULE_ASKS = Reason(
        "rule-asks",
        Kind.ASKS,
        "{sentence} ({article}).",
        "Si vous délivrez malgré tout, indiquez-en la raison (rule_reason).",
    )
    # what is sent again to a restored service
    NOT_RESTORED_YET = Reason(
        "not-restored-yet",
        Kind.NOT_FOUND,
        "Le service a été restauré, et l'enregistrement de cette ordonnance n'y est pas encore revenu.",
        "Gardez l'acte ; ordonum resend le renverra quand le prescripteur aura renvoyé le sien.",
        retry=Retry.LATER,
    )
    ACKNOWLEDGES_ANOTHER = Reason(
        "acknowledges-another",
        Kind.INVALID,
        "L'accusé joint n'est pas de ce service, ou porte sur un autre acte que celui-ci.",
        "Renvoyez l'acte avec l'accusé et le sel qu'il a reçus.",
    )
    TOO_MANY_ACTS = Reason(
        "too-many-acts", Kind.CONFLICT, "Cette ordonnance porte déjà trop d'actes.", "Appelez le prescripteur."
    )
    TOO_MANY_EARLY = Reason(
        "too-many-early",
        Kind.CONFLICT,
        "Trop d'actes attendent déjà l'enregistrement de cette ordonnance.",
        "Renvoyez celui-ci quand l'ordonnance sera enregistrée.",
        retry=Retry.LATER,
    )
    # the service
    REVOCATION_LIST_OVERDUE = Reason(
        "revocation-list-overdue",
        Kind.BUSY,
        "Le service n'a plus de liste de révocation à jour depuis plus de 72 heures : il n'enregistre plus d'ordonnance.",
        "Remettez la feuille au patient et renvoyez plus tard.",
        retry=Retry.SAME_ID,
    )
    BUSY = Reason(
        "busy",
        Kind.BUSY,
        "Trop d'actes arrivent en même temps sur cette ordonnance.",
        "Renvoyez la même demande dans quelques secondes.",
        retry=Retry.SAME_ID,
    )
    UNAVAILABLE = Reason(
        "unavailable",
        Kind.BUSY,
        "Le service ne peut pas répondre pour le moment.",
        "Renvoyez la même demande dans quelques minutes.",
        retry=Retry.SAME_ID,
    )
    OUTCOME_UNKNOWN = Reason(
        "outcome-unknown",
        Kind.BUSY,
        "Le service a perdu sa base pendant l'acte.",
        "Renvoyez la même demande, avec le même identifiant : elle ne comptera qu'une fois.",
        Effect.UNKNOWN,
        Retry.SAME_ID,
    )
    INTERNAL = Reason(
        "internal",
        Kind.BUG,
        "Le service a rencontré une erreur qu'il n'a pas su nommer.",
        "Renvoyez la même demande, avec le même identifiant ; si l'erreur persiste, signalez la référence de la demande.",
        Effect.UNKNOWN,
        Retry.SAME_ID,
    )

    INTERNAL_READING = Reason(
        "internal-reading",
        Kind.BUG,
        "Le service a rencontré une erreur qu'il n'a pas su nommer.",
        "Renvoyez la même demande ; si l'erreur persiste, signalez la référence de la demande.",
        retry=Retry.SAME_ID,
    )

    @property
    def code(self) -> str:
        return self.value.code


class Fault(Struct, frozen=True):
    """One thing wrong at one place of what was sent: a path, a code, a French hint. Never a value."""

    at: str
    code: str
    detail: str


class Refused(Exception):
    """A named refusal. `facts` fill the sentence; `faults` say where."""

    def __init__(
        self, refusal: Refusal, *, at: str | None = None, faults: tuple[Fault, ...] = (), **facts: Any
    ) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.faults = faults or ((Fault(at, refusal.code, happened(refusal, **facts)),) if at else ())
        self.facts = facts

    @property
    def detail(self) -> str:
        """What happened, whether anything was recorded, what to do: the French sentence a person reads."""
        return sentence(self.refusal, **self.facts)


def sentence(refusal: Refusal, **facts: Any) -> str:
    """The whole French sentence of a refusal. A fact that is not given reads «…»."""
    reason: Reason = refusal.value
    known = _Facts(facts)
    return " ".join((reason.what.format_map(known), RECORDED_SENTENCE[reason.effect], reason.todo.format_map(known)))


def happened(refusal: Refusal, **facts: Any) -> str:
    """The first part of the sentence of a refusal: what is wrong, for a list of places."""
    reason: Reason = refusal.value
    return reason.what.format_map(_Facts(facts))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "" if key in ("meant", "when", "early") else "…"


BY_CODE = {each.code: each for each in Refusal}
