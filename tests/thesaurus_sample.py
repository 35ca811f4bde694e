"""A thesaurus of interactions of three entries, in the form of the text of September 2019; all in it is invented."""

TEXT = """
Thesaurus des

interactions médicamenteuses

 Version : Mai 2031

2
ALPHAZOL
Voir aussi : bêtamines

+ BÊTAMINES
CONTRE-INDICATIONRisque d'invention
pure et simple.

+ GAMMAVIR
CI - ASDEC - PE
Contre-indication :
- par voie IV
Association déconseillée :
- à plus de 20 mg

Précaution d'emploi :
- à moins de 20 mg. Surveillance.

Risque d'addition.

ANSM - Mai 2031
Thesaurus des interactions médicamenteuses

www.ansm.sante.fr 2/3

3
BÊTAMINES
(bêtamine a, betamine (sel de), bêtamine
c)

+ ALPHAZOL
CONTRE-INDICATIONRisque d'invention
pure et simple.

+ AUTRES BÊTAMINES
A prendre en compte

Addition des effets.

GAMMAVIR
+ ALPHAZOL
CI - ASDEC - PE
Contre-indication :
- par voie IV
Association déconseillée :
- à plus de 20 mg

Précaution d'emploi :
- à moins de 20 mg. Surveillance.

Risque d'addition.

ANSM - Mai 2031
Thesaurus des interactions médicamenteuses

www.ansm.sante.fr 3/3
"""
