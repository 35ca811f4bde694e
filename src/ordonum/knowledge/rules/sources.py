"""The documents in which articles were really read: title, date of the text or of the reading, address. Nothing from memory."""

from ordonum.model.rule import Source

SEEN = "vu le 22/11/2026"
_JURIBLIO = "https://juriblio.fr/codes/code-de-la-sante-publique/partie-reglementaire"
_POISONS = f"{_JURIBLIO}/cinquieme-partie/livre-ier/titre-iii/chapitre-ii/section-1"
_FBL = "https://french-business-law.com/french-legislation-art/article-{}-of-the-french-public-health-code"
_CSS = "https://www.legifrance.gouv.fr/codes/article_lc/{}"


def _csp(article: str, copy: str, at: str, on: str = SEEN) -> Source:
    return Source(f"Code de la santé publique, article {article} ({copy})", on, at)


def _fbl(article: str) -> Source:
    copy = "copie bilingue de french-business-law.com"
    return _csp(article, copy, _FBL.format(article.lower().replace(".", "")))


def _css(article: str, identifier: str, since: str) -> Source:
    title = f"Code de la sécurité sociale, article {article} (données DILA du 14/03/2026)"
    return Source(title, f"en vigueur depuis le {since}", _CSS.format(identifier))


_COPY = "copie de juriblio.fr"
R5132_22 = _csp("R.5132-22", _COPY, f"{_POISONS}/sous-section-2/paragraphe-2")
R5132_21 = _csp(
    "R.5132-21",
    "copie de weka.fr, source DILA",
    "https://www.weka.fr/base-juridique/code_CSP_LEGISCTA000006198839.html",
    "26/04/2024",
)
R5132_14 = _fbl("R5132-14")
R162_20_5 = _css("R.162-20-5, qui reprend CSP R.5123-2", "LEGIARTI000006747549", "18/12/2004")
R5132_30 = _fbl("R5132-30")
R5132_33 = Source(
    "La Revue du praticien, « Prescription des stupéfiants : du nouveau », qui cite CSP R.5132-33 (décret 2022-972)",
    SEEN,
    "https://dev.larevuedupraticien.fr/article/prescription-des-stupefiants-du-nouveau",
)
R5132_33_OVERLAP = _csp(
    "R.5132-33, dernier alinéa",
    "legifrance.gouv.fr, version de 2004 ; phrase inchangée depuis",
    "https://www.legifrance.gouv.fr/affichCode.do?idSectionTA=LEGISCTA000006198844&cidTexte=LEGITEXT000006072665&dateTexte=20040810",
    "10/08/2004",
)
R5132_29 = _csp("R.5132-29", _COPY, f"{_POISONS}/sous-section-3/paragraphe-1/article-r5132-29")
R5132_5 = _csp("R.5132-5", _COPY, f"{_POISONS}/sous-section-1/paragraphe-2/article-r5132-5")
R5132_35 = _csp(
    "R.5132-35",
    "copie bilingue de french-business-law.com",
    "https://french-business-law.com/rench-legislation-art/article-r5132-35-of-the-french-public-health-code",
)
R5132_6 = _fbl("R5132-6")
R5132_3_1 = _csp("R.5132-3-1", _COPY, f"{_POISONS}/sous-section-1/paragraphe-2/article-r5132-3-1")
R5125_55 = _csp(
    "R.5125-55",
    "copie bilingue de french-business-law.com",
    "https://french-business-law.com/rench-legislation-art/article-r5125-55-of-the-french-public-health-code",
)
R5121_77 = _csp(
    "R.5121-77 et R.5121-78",
    "legifrance.gouv.fr, version du 23/05/2019",
    "https://www.legifrance.gouv.fr/affichCode.do?idSectionTA=LEGISCTA000006196548&cidTexte=LEGITEXT000006072665&dateTexte=20190523",
    "23/05/2019",
)
HOSPITAL_ONLY = Source(
    "Vidal, « Médicaments à prescription restreinte »",
    SEEN,
    "https://vidal.fr/infos-pratiques/prescription-et-delivrance-des-medicaments-medicaments-a-prescription-restreinte-id14185.html",
)
SLEEP_1991 = Source(
    "Arrêté du 7 octobre 1991 (hypnotiques et anxiolytiques), version du 11/12/2020",
    "11/12/2020",
    "https://www.legifrance.gouv.fr/loda/id/LEGITEXT000020690355/2020-12-11/",
)
OPIOIDS_2025 = Source(
    "La Revue du praticien, « Tramadol et codéine : modifications des conditions de prescription et de délivrance »",
    "mars 2025",
    "https://www.larevuedupraticien.fr/article/tramadol-et-codeine-modifications-des-conditions-de-prescription-et-de-delivrance",
)
PREGABALIN_2021 = Source(
    "Arrêté du 12 février 2021 (prégabaline), JORF du 24 février 2021",
    "24/02/2021",
    "https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000043173376",
)
PREGABALIN_ANSM = Source(
    "ANSM, « Nouvelles conditions de prescription et de délivrance des spécialités à base de prégabaline »",
    SEEN,
    "https://ansm.sante.fr/informations-de-securite/nouvelles-conditions-de-prescription-et-de-delivrance-des-specialites-a-base-de-pregabaline-lyrica-et-ses-generiques",
)
R5123_2_1 = _csp(
    "R.5123-2-1",
    _COPY,
    f"{_JURIBLIO}/cinquieme-partie/livre-ier/titre-ii/chapitre-iii/section-unique/article-r5123-2-1",
)
R5123_2_1_CHANGE = Source(
    "Décret 2024-1070 du 26 novembre 2024, ancien et nouveau texte de CSP R.5123-2-1",
    "29/11/2024",
    "https://git.tricoteuses.fr/codes/code_de_la_sante_publique/commit/440cb0a60503e0206bf699f5bee489234d3e4efc",
)
MEDDISPAR_EXCEPTIONAL = Source(
    "Meddispar (Ordre des pharmaciens), « Dispensation supplémentaire exceptionnelle », stupéfiants et assimilés",
    SEEN,
    "https://www.meddispar.fr/layout/set/print/Substances-veneneuses/Medicaments-stupefiants-et-assimiles/Dispensation-supplementaire-exceptionnelle",
)
R5134_4 = Source(
    "Décret de juillet 2012, CSP R.5134-4-1 à R.5134-4-3",
    SEEN,
    "https://legal.tricoteuses.fr/articles/JORFARTI000026200421",
)
L5125_23 = _csp(
    "L.5125-23",
    "legifrance.gouv.fr, version au 29/01/2022",
    "https://circulaires.legifrance.gouv.fr/codes/section_lc/LEGITEXT000006072665/LEGISCTA000036400913/2022-01-29/?anchor=LEGIARTI000036408474",
    "29/01/2022",
)
MENTIONS_2019 = Source(
    "Ordre national des pharmaciens, sur l'arrêté du 12 novembre 2019",
    SEEN,
    "http://www.ordre.pharmacien.fr/Communications/Les-actualites/Generiques-les-situations-ou-la-substitution-peut-etre-exclue",
)
NARROW_2022 = Source(
    "Arrêté du 20 juillet 2022 : liste des marges thérapeutiques étroites allongée",
    "29/07/2022",
    "https://sabinendzengueamoaconsulting.fr/2022/07/29/situations-medicales-dans-lesquelles-peut-etre-exclue-la-substitution-a-la-specialite-prescrite-dune-specialite-du-meme-groupe-generique-la-liste-des-principes-actifs-sallonge/",
)
L315_2 = _css("L.315-2", "LEGIARTI000048687768", "28/12/2023")
R165_23 = _css("R.165-23", "LEGIARTI000006747767", "22/06/2001")
R163_2 = _css("R.163-2", "LEGIARTI000053212995", "01/01/2026")
R161_45 = _css("R.161-45", "LEGIARTI000053185324", "01/01/2026")
L162_4 = _css("L.162-4", "LEGIARTI000042685903", "01/07/2021")
L324_1 = _css("L.324-1", "LEGIARTI000041399098", "01/01/2022")
R165_36 = _css("R.165-36", "LEGIARTI000026153092", "01/09/2012")
R165_40 = _css("R.165-40", "LEGIARTI000026153100", "01/09/2012")
R165_41 = _css("R.165-41", "LEGIARTI000026153102", "01/09/2012")
D4362_12 = _csp(
    "D.4362-12", _COPY, f"{_JURIBLIO}/quatrieme-partie/livre-iii/titre-vi/chapitre-ii/section-3/article-d4362-12"
)
L4071_4 = Source(
    "Ordonnance 2020-1408 du 18 novembre 2020, article 1er (CSP L.4071-1 à L.4071-6)",
    "18/11/2020",
    "https://legal.tricoteuses.fr/articles/JORFARTI000042532932",
)
ADVANCED_NURSES = Source(
    "Ordre national des pharmaciens, « Que peuvent prescrire les infirmiers en pratique avancée ? »",
    "17/07/2025",
    "https://www.ordre.pharmacien.fr/les-communications/focus-sur/la-revue/tous-pharmaciens-la-revue-n-28-juillet-2025/que-peuvent-prescrire-les-infirmiers-en-pratique-avancee",
)
PHYSIOTHERAPISTS_2006 = Source(
    "Arrêté du 9 janvier 2006 (dispositifs prescrits par les masseurs-kinésithérapeutes), JO du 13 janvier 2006",
    "13/01/2006",
    "http://www.kine-services.com/kine-services/bdd_juri/JO_2006_01_13.htm",
)
PODIATRISTS = Source(
    "ameli.fr, « Droit de prescription des pédicures-podologues »",
    "23/03/2017",
    "https://www.ameli.fr/pharmacien/exercice-professionnel/dispensation-prise-charge/droits-prescription/droit-prescription-pedicures-podologues",
)
R165_1 = _css("R.165-1", "LEGIARTI000053185351", "25/12/2025")
