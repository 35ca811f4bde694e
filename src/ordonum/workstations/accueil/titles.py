"""The French title of an example, from the name of its file: «03-stupefiant-morphine» is «Stupéfiant morphine»."""

import re

# File names have no accents; sentences have. A word that is not here is shown as it is written.
_ACCENTED = (
    "à âge âgé âgée après arrêt assuré assurée bébé déjà délivrance délivrances délivré délivrée deuxième diabète "
    "diabétique diabétiques durée enregistré enregistrée établissement étranger étrangère exécuté exécutée exécution "
    "fièvre générique hôpital kinésithérapie lévothyroxine libéral libérale médecin médical médicale médicament "
    "médicaments méthotrexate pédiatrie pédicure période préalable première préparation prévention rééducation refusée "
    "remplaçant remplaçante séance séances sécurisé sécurisée stupéfiant stupéfiants ALD AMM EHPAD HTA IRM NFS"
)
_PLAIN = str.maketrans("àâçéèêëîïôùûüÀÂÇÉÈÊ", "aaceeeeiiouuuAACEEE")
_WORDS = {each.translate(_PLAIN).lower(): each for each in _ACCENTED.split()}


def title(name: str) -> str:
    """The title of the file of this name, its folder and its rank left out."""
    stem = re.sub(r"^\d+[a-z]?-", "", name.rsplit("/", 1)[-1])
    said = " ".join(_WORDS.get(word, word) for word in stem.split("-") if word)
    said = re.sub(r"\b([dlns]|qu) (?=[aeiouyhàâéèêô])", r"\1'", said).replace("vitamine d ", "vitamine D ")
    return said[:1].upper() + said[1:] or name
