"""The documents in which articles were really read: their title, their date or the day of the reading, their address."""

from ordonum.model.rule import Source

SEEN = "vu le 22/11/2026"

CSP_R5132_22 = Source(
    "Code de la santé publique, section « Délivrance », article R5132-22 (copie de juriblio.fr)",
    SEEN,
    "https://juriblio.fr/codes/code-de-la-sante-publique/partie-reglementaire/cinquieme-partie/livre-ier/titre-iii/chapitre-ii/section-1/sous-section-2/paragraphe-2",
)
CSP_R5132_21 = Source(
    "Code de la santé publique, section « Prescription », article R5132-21 (copie de weka.fr, source DILA)",
    "26/04/2024",
    "https://www.weka.fr/base-juridique/code_CSP_LEGISCTA000006198839.html",
)
CSP_R5132_14 = Source(
    "Code de la santé publique, article R5132-14 (copie bilingue de french-business-law.com)",
    SEEN,
    "https://french-business-law.com/french-legislation-art/article-r5132-14-of-the-french-public-health-code",
)
CSS_R162_20_5 = Source(
    "Code de la sécurité sociale, article R162-20-5, qui reprend CSP R.5123-2 (données DILA du 14/03/2026)",
    "en vigueur depuis le 18/12/2004",
    "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000006747549",
)
