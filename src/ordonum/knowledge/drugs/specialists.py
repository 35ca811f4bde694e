"""Who the public drug base reserves a prescription to, as specialties on doctors' cards.

«prescription réservée aux spécialistes et services HEPATO/GASTRO-ENTEROLOGIE» names no code; the labels of the CI-SIS (JDV_J01)
that begin with or hold the same words are those meant. A name that is not wholly understood is not understood at all.
"""

import re
from functools import lru_cache

from ordonum.knowledge import specialties
from ordonum.model.conditions import plain_words

# How the base names it | what the labels on cards say (both without accents; the longest names first)
_NAMED = r"""
chirurgie plastique( reconstructrice)?( et)?( esthetique)?          | chirurgie plast
chirurgie (de la )?face et (du )?cou                                | chirurgie (de la )?face
chirurgie maxillo faciale( et stomatologie)?                        | chirurgie maxillo
chirurgie (neonatale|infantile|pediatrique)                         | chirurgie (infantile|pediatrique)
chirurgie (digestive|viscerale)( et)?( digestive| viscerale)?       | chirurgie viscerale
chirurgie orthopedique( et)?( traumatologi(e|que))?                 | chirurgie orthopedique
chirurgie (thoracique|cardiaque)( et)?( cardio ?vasculaire)?        | chirurgie thoracique
chirurgie cardio ?vasculaire                                        | chirurgie thoracique
chirurgie vasculaire                                                | chirurgie vasculaire
chirurgie urologique                                                | chirurgie urologique|^urologie
neuro ?chirurgie                                                    | neuro chirurgie
chirurgie( generale)?                                               | chirurgie
medecine intensive( et)?( reanimation)?                             | ^medecine intensive|^reanimation
anesthesie( et)?( reanimation)?                                     | ^anesthesie
reanimation( medicale| polyvalente)?                                | ^medecine intensive|^reanimation
neuro ?pediatrie                                                    | neuropediatrie
neuro ?psychiatrie                                                  | neuro psychiatrie
neurolog(ie|ues?)                                                   | ^neurolog|neuro psychiatrie|neuropediatrie
p(a)?ediatr(ie|es?)                                                 | pediatrie
pedo ?psychiatr(ie|es?)                                             | psychiatrie.*(enfant|ado)
psychiatr(ie|es?)                                                   | psychiatrie
onco ?hematologie                                                   | onco hematologie
oncolog(ie|ues?)( medicale)?                                        | ^oncologie
cancerolog(ie|ues?)                                                 | cancerologie
radio ?therapie                                                     | radio ?therapie
hematolog(ie|ues?)( clinique)?                                      | ^hematologie|maladies du sang|onco hematologie
maladies? du sang                                                   | ^hematologie|maladies du sang|onco hematologie
hemobiologie                                                        | hemobiologie
medecine interne                                                    | ^medecine interne
medecine cardio ?vasculaire                                         | ^cardiologie|medecine cardiovasculaire
cardiolog(ie|ues?)                                                  | ^cardiologie|medecine cardiovasculaire
medecine vasculaire                                                 | medecine vasculaire|angeiologie
ange?iolog(ie|ues?)                                                 | medecine vasculaire|angeiologie
dermato ?venereologie                                               | ^dermatologie|dermato venereologie
dermatolog(ie|ues?)                                                 | ^dermatologie|dermato venereologie
rhumatolog(ie|ues?)                                                 | ^rhumatologie
hepato ?gastro ?enterolog(ie|ues?)                                  | gastro enterologie|appareil digestif
gastro ?enterolog(ie|ues?)( et)?( hepatologie)?                     | gastro enterologie|appareil digestif
hepatolog(ie|ues?)                                                  | gastro enterologie|appareil digestif
maladies de l ?appareil digestif                                    | gastro enterologie|appareil digestif
pneumolog(ie|ues?)                                                  | ^pneumologie|pneumopediatrie
geriatr(ie|es?)                                                     | ^geriatrie|^gerontologie|personne agee
gerontolog(ie|ues?)                                                 | ^geriatrie|^gerontologie
endocrinolog(ie|ues?)                                               | endocrinologie
maladies metaboliques                                               | endocrinologie
diabetolog(ie|ues?)                                                 | diabetologie
nutrition                                                           | nutrition
ophtalmolog(ie|ues?|istes?)                                         | ^ophtalmo
gyneco ?obstetrique                                                 | gynec|obstetrique
gynecolog(ie|ues?)( medicale)?                                      | gynec
obstetrique                                                         | obstetrique
infectiolog(ie|ues?)                                                | maladies infectieuses|pathologie infect
maladies infectieuses( et)?( tropicales)?                           | maladies infectieuses|pathologie infect
nephrolog(ie|ues?)                                                  | ^nephrologie
urolog(ie|ues?)                                                     | ^urologie|chirurgie urologique
allergolog(ie|ues?)                                                 | allerg
immunologie( clinique)?                                             | immunologie
douleur                                                             | douleur
oto ?rhino ?laryngolog(ie|istes?)                                   | ^oto rhino|^orl
orl                                                                 | ^oto rhino|^orl
(medecine et )?biologie de la reproduction                          | reproduction|andrologie
medecine de la reproduction                                         | reproduction|andrologie
andrologie                                                          | reproduction|andrologie
neonatologie                                                        | neonat
(medecine du )?sommeil                                              | ^sommeil
genetique( medicale)?                                               | ^genetique
(medecine d ?)?urgences?                                            | medecine d urgence|aide medicale urgente
medecine nucleaire                                                  | medecine nucleaire
radiologie( et imagerie medicale)?                                  | ^radiologie|^radio diagnostic
medecine physique( et)?( de)?( readaptation)?                       | medecine physique
addictolog(ie|ues?)                                                 | addictologie|toxicomanies
stomatologie                                                        | stomatologie
medecine generale                                                   | medecine generale
radiopharmaceutiques?                                               | -
"""
NO_CARD = "-"  # an authorisation that no card tells
_ROWS = [tuple(each.strip() for each in line.split(" | ", 1)) for line in _NAMED.strip().splitlines()]
_NAMES = re.compile("|".join(rf"(?P<n{i}>\b(?:{name})\b)" for i, (name, _) in enumerate(_ROWS)))
# «médecins spécialistes ou qualifiés en médecine générale titulaires de la capacité de…»: the diploma is what is wanted.
_DIPLOMA = re.compile(r".*\btitulaires? (?:de la |d un |d une |du )?")
_OF_GRAMMAR = """
a au aux autorise autorises capacite competent competents d dans de des diplome du en et formation fst intensifs l la le les
medecin medecine medecins ou qualifie qualifies service services soins specialise specialisee specialises specialiste specialistes
transversale unite unites
"""
_AROUND = frozenset(_OF_GRAMMAR.split())


@lru_cache(maxsize=256)
def cards_of(named: str) -> frozenset[str] | None:
    """The codes on doctors' cards of those named so («médecins compétents en CANCEROLOGIE», words as `plain_words` gives
    them); empty where no card tells; None if anything of the name is not understood.
    """
    named = _DIPLOMA.sub("", named)
    said = {_ROWS[int((each.lastgroup or "n0")[1:])][1] for each in _NAMES.finditer(named)}
    rest = [word for word in _NAMES.sub(" ", named).split() if word not in _AROUND]
    if rest and not said:  # a name that the table has not, in the words of the labels
        said.add("".join(rf"(?=.*\b{re.escape(word)}\b)" for word in rest))
    elif rest or not said:
        return None
    if NO_CARD in said:
        return frozenset()
    found = [_labelled(each) for each in said]
    return frozenset[str]().union(*found) if all(found) else None


def _labelled(pattern: str) -> frozenset[str]:
    wanted = re.compile(pattern)
    return frozenset(
        code
        for (profession, code), label in specialties.table().items()
        if profession == "10" and wanted.search(plain_words(label))
    )
