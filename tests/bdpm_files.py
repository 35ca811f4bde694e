"""Seven small files as the ANSM writes them: two medicines of a generic group, a third, the traps of the format."""

from collections.abc import Callable

TEXTS = {
    "CIS_bdpm.txt": (
        "60000011\tDOULEX 500 mg, comprimé\t comprimé\torale;sublinguale\tAutorisation active\tProcédure nationale\t"
        "Commercialisée\t01/02/2003\t\t\t LABO A; LABO B\tNon",
        "60000022\tPARADOUX 500 mg, gélule d'essai\tgélule\torale\tAutorisation active\tProcédure centralisée\tCommercialisée\t"
        "29/02/2024\tAlerte\tEU/1/20/1528\t LABO C\tOui",
        "60000033\tSIROP DU GÂTINAIS, sirop\tpoudre et  solvant pour sirop\torale\tAutorisation abrogée\tProcédure nationale\t"
        "Non commercialisée\t07/07/1997\t\t\t\tNon",
    ),
    "CIS_CIP_bdpm.txt": (
        "60000011\t4949729\t3 plaquette(s) PVC  aluminium de 10 comprimé(s)\tPrésentation active\t"
        "Déclaration de commercialisation\t16/03/2011\t3400949497294\toui\t30% ; 65 %\t1.195,27\t1,196,29\t1,02\t"
        "Dans l¿enfance :<br><br>¿ Asthme <b>sévère</b> < 20 kg",
        "60000022\t4949770\tplaquette(s) de 90 gélule(s)\tPrésentation active\tDéclaration de commercialisation\t19/09/2011\t"
        "3400949497706\tnon\t\t\t\t\t",
        "60000033\t3696350\tflacon(s) de 2 ml\tPrésentation abrogée\tDéclaration d'arrêt de commercialisation\t30/11/2006\t"
        "3400936963504\tnon\t15%\t12,81\t13,83\t1,02\t",
    ),
    "CIS_COMPO_bdpm.txt": (
        "60000011\tcomprimé\t02202\tPARACÉTAMOL\t500 mg\tun comprimé\tSA\t1\t",
        "60000022\tgélule\t02203\tCHLORHYDRATE DE PARADOL\t500 mg\tune gélule\tSA\t7\t",
        "60000022\tgélule\t02204\tPARADOL\t450 mg\tune gélule\tFT\t7\t",
        "60000033\tsirop\t02205\tSUCRE\t\t\tSA\t1\t",
    ),
    "CIS_CPD_bdpm.txt": ("60000022\tliste I", "60000022\t  prescription limitée à 4 semaines", "60000022\tliste I", ""),
    "CIS_GENER_bdpm.txt": (
        "7\tPARACETAMOL 500 mg - DOULEX 500 mg, comprimé\t60000022\t1\t2\t",
        "7\tPARACETAMOL 500 mg - DOULEX 500 mg, comprimé\t60000011\t0\t9\t",
        "7\tPARACETAMOL 500 mg - DOULEX 500 mg, comprimé\t69999998\t4\t3\t",
    ),
    "CIS_MITM.txt": ("60000011\tN02BE01\tDOULEX 500 mg, comprimé\thttps://example.invalid/60000011",),
    "CIS_CIP_Dispo_Spec.txt": (
        "60000011\t3400949497294\t1\tRupture de stock\t20/03/2025\t25/06/2025\t\thttps://example.invalid/r",
        "60000011\t3400949497294\t1\tRupture de stock\t20/03/2025\t25/06/2025\t\thttps://example.invalid/r",
    ),
}


def files(newline: str = "\r\n", encoding: str = "utf-8") -> dict[str, bytes]:
    """The bytes of the files."""
    return {name: "".join(line + newline for line in lines).encode(encoding) for name, lines in TEXTS.items()}


def changed(name: str, change: Callable[[bytes], bytes]) -> dict[str, bytes]:
    """The same with one file changed."""
    return files() | {name: change(files()[name])}
