"""The sheet, read back as a pharmacist, a scanner, an inspector or a screen reader would."""

from datetime import date
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from msgspec.structs import replace

from factories import DOCTOR, MONDAY, PHARMACY, PLACE, a_medicine
from ordonum.model.beneficiary import Ins, InsStatus
from ordonum.model.lines import Family, FreeTextLine, Overridden
from ordonum.model.wishes import Anonymity, AnonymityGround, CopyChannel, Paperless
from ordonum.texts import alerts
from ordonum.wire import qr, scan, sheet, sheet_codes
from sheets import ALD, CASES, LONG_PATIENT, NUMBER, WHOLE, Case, written


def _pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def _said(name: str, **more: Any) -> str:
    return " ".join(_pages(CASES[name].pdf(**more)))


def _codes(pdf: bytes) -> dict[zxingcpp.BarcodeFormat, set[str]]:
    found: dict[zxingcpp.BarcodeFormat, set[str]] = {}
    for page in scan.pages(pdf, 300):
        for code in zxingcpp.read_barcodes(page):
            found.setdefault(code.format, set()).add(code.bytes.decode())  # text shows control characters otherwise
    return found


@pytest.mark.parametrize("name", CASES)
def test_every_sheet_is_printed_with_its_mentions_and_its_end(name: str) -> None:
    case = CASES[name]
    pages = _pages(case.pdf())
    said, lines = " ".join(pages), case.written.lines
    for expected in (
        "ORDONNANCE NUMÉRIQUE",
        case.written.family.label[1:],
        "16 novembre 2026",
        f"N° RPPS {DOCTOR.rpps}",
        "69003 Lyon, France",
        "+33 4 00 00 00 00",
        "par voie électronique",
        "CSS R.161-45",
        NUMBER.grouped,
        f"Fin de l'ordonnance : {len(lines)} ligne{'s' if len(lines) > 1 else ''}.",
    ):
        assert expected in said.replace("N° RPPS " + DOCTOR.rpps + " N° AM", f"N° RPPS {DOCTOR.rpps}"), expected
    assert len(pages) == {"long-names": 2, "forty-lines": 3, "duplicate": 2}.get(name, 1)


@pytest.mark.parametrize("name", ["ald", "nursing", "long-names", "forty-lines", "opposed"])
def test_four_codes_are_read_on_the_rasterised_sheet(name: str) -> None:
    found = _codes(CASES[name].pdf())
    assert found[zxingcpp.BarcodeFormat.Code128] == {DOCTOR.rpps, str(PLACE.numero_am)}
    (ours,) = found[zxingcpp.BarcodeFormat.QRCode]
    assert qr.read(ours).content.number == NUMBER
    (ins,) = found[zxingcpp.BarcodeFormat.DataMatrix]
    assert ins == sheet_codes.ins_text(CASES[name].written.patient)


def test_a_structure_has_its_finess_in_bars_and_in_clear() -> None:
    case = Case(replace(written(Family.HEALTH_PRODUCTS, a_medicine()), place=PHARMACY))
    assert str(PHARMACY.finess) in _codes(case.pdf())[zxingcpp.BarcodeFormat.Code128]
    assert f"N° FINESS {PHARMACY.finess}" in " ".join(_pages(case.pdf()))


def test_the_code_is_thirty_millimetres_wide_at_least_whatever_the_names() -> None:
    for name in ("ald", "long-names"):
        (page, *_) = scan.pages(CASES[name].pdf(), 300)
        (code,) = (c for c in zxingcpp.read_barcodes(page) if c.format == zxingcpp.BarcodeFormat.QRCode)
        at = code.position
        assert (at.top_right.x - at.top_left.x) / 300 * 25.4 >= 30
        assert at.top_left.x < page.width / 3
        assert at.top_left.y > page.height / 2


def test_the_ins_datamatrix_is_of_a_qualified_ins_only() -> None:
    assert WHOLE.ins is not None
    assert sheet_codes.ins_text(WHOLE) == (
        "IS01" + "0" * 22 + "S1279035121518989S21.2.250.1.213.1.4.10S3ELOISE MARIE\x1dS4DURAND\x1dS5F"
        "S614-03-1979S769383"
    )
    retrieved = Ins(WHOLE.ins.matricule, WHOLE.ins.oid, InsStatus.RETRIEVED)
    for lacking in ({"ins": retrieved}, {"ins": None}, {"birth_place": None}, {"first_names": None}):
        assert sheet_codes.ins_text(replace(WHOLE, **lacking)) is None
    unsure = Case(written(Family.HEALTH_PRODUCTS, a_medicine(), patient=replace(WHOLE, ins=retrieved))).pdf()
    assert "INS" not in " ".join(_pages(unsure))
    assert zxingcpp.BarcodeFormat.DataMatrix not in _codes(unsure)


def test_two_zones_under_an_ald_each_with_its_lines_and_an_empty_one_says_so() -> None:
    said = _said("ald")
    upper, lower = said.index("(AFFECTION EXONÉRANTE)"), said.index("(MALADIES INTERCURRENTES)")
    assert "Prescriptions relatives au traitement de l'affection de longue durée reconnue (liste ou hors liste)" in said
    assert "Prescriptions SANS RAPPORT avec l'affection de longue durée" in said
    for line in ALD:
        label = getattr(line, "label", "")
        assert (upper < said.index(label) < lower) is line.ald, label
    assert "Aucune ligne." in _said("podiatry")
    assert "AFFECTION" not in _said("nursing")


def test_what_the_law_wants_in_words_is_in_words() -> None:
    said = _said("in-words")
    for expected in (
        "Dosage : dix milligrammes",
        "Une gélule matin et soir, à douze heures d'intervalle",
        "vingt-huit jours",
    ):
        assert expected in said


def test_a_secured_line_is_said_secured_in_words_once_registered_only() -> None:
    assert "VAUT ORDONNANCE SÉCURISÉE" in _said("in-words")
    pending = _said("pending")
    assert "VAUT ORDONNANCE" not in pending
    for expected in (
        "NON ENREGISTRÉE À CE JOUR",
        "non sécurisée tant que non enregistrée",
        "Non enregistrée : ne vaut pas ordonnance sécurisée",
    ):
        assert expected in pending
    assert "SÉCURISÉE" not in _said("ald")


def test_opposition_specimen_duplicate_replacement_and_establishment_are_in_words() -> None:
    opposed = _said("opposed")
    assert "Opposition : le prescripteur ne consultera pas ce qui sera délivré." in opposed
    assert "pourra consulter" not in opposed
    assert all("SPÉCIMEN — carte de test, sans valeur" in page for page in _pages(CASES["duplicate"].pdf()))
    assert all("DUPLICATA n° 1 imprimé le 22 novembre 2026" in page for page in _pages(CASES["duplicate"].pdf()))
    assert "DUPLICATA" not in _said("duplicate", copy=1)
    assert "en remplacement du Dr Paul LEROY (N° RPPS 99800000020)" in _said("replacement")
    care = _said("care-home")
    assert "Exercice dans l'établissement EHPAD Les Tilleuls (N° FINESS" in care
    assert "Médecin, médecine générale" in care
    assert "spécialité SM54" in _said("care-home", specialty_label=None)
    assert "cabinet@martin.exemple" in care
    assert "À l'attention de : diététicien" in _said("other")
    assert "Accident du travail du 3 novembre 2026" in _said("physiotherapy")
    assert "Poids 12,5 kg, taille 85 cm, le 16 novembre 2026" in _said("preparation")


def test_a_hand_signature_has_its_room_or_is_said_not_to_be_needed() -> None:
    assert "Signature du prescripteur" in _said("ald")
    electronic = _said("ald", hand_signature=False)
    assert "Signature du prescripteur" not in electronic
    assert "Signée par voie électronique par Claire MARTIN" in electronic


def test_what_is_for_the_patient_is_not_mixed_with_what_is_for_the_professional() -> None:
    said = _said("ald")
    assert "Pour vous : Buvez un grand verre d'eau." in said
    assert "Pour le professionnel : A remplacé le périndopril" in said


def test_glasses_are_a_table_by_eye_with_signs() -> None:
    said = _said("optics")
    assert "Œil Sphère Cylindre Axe Addition Prisme" in said
    assert "Droit −2,25 −0,50 90° +1,50 —" in said
    assert "Gauche +0,75 — — +1,50 2,00 base nasale" in said


def test_pages_cannot_be_mixed() -> None:
    pages = _pages(CASES["forty-lines"].pdf())
    for rank, page in enumerate(pages, start=1):
        assert f"page {rank} / {len(pages)}" in page
        for repeated in (
            "DURAND Éloïse",
            "14/03/1979",
            "16 novembre 2026",
            "Claire MARTIN",
            str(DOCTOR.rpps),
            NUMBER.grouped,
        ):
            assert repeated in page, repeated
    where = [next(i for i, page in enumerate(pages) if f" {rank}. " in page) for rank in range(1, 41)]
    assert where == sorted(where)


def test_no_line_is_split_across_pages() -> None:
    acts = tuple(
        FreeTextLine(rank=rank, text=f"Acte {rank}.", instruction="\n".join(["et"] * rank), note=f"Fin {rank}.")
        for rank in range(1, 16)
    )
    pages = _pages(Case(written(Family.NURSING, *acts)).pdf())
    assert len(pages) > 3
    for line in acts:
        (page,) = (each for each in pages if f"{line.rank}. {line.text}" in each)
        assert f"{line.note}" in page


@pytest.mark.parametrize("name", [*CASES, "tall"])
def test_nothing_falls_off_the_page(name: str) -> None:
    tall = FreeTextLine(rank=1, text="Pansement", instruction="soin\n" * 199 + "fin", note="soin\n" * 199 + "fin")
    case = CASES.get(name) or Case(written(Family.NURSING, tall))
    document = pypdfium2.PdfDocument(case.pdf())
    try:
        for page in document:
            for each in page.get_objects():
                left, bottom, right, top = each.get_bounds()
                assert 10 < left <= right < page.get_width() - 10
                assert 10 < bottom <= top < page.get_height() - 10
    finally:
        document.close()


def test_the_signature_never_stands_alone_on_its_page() -> None:
    for count in range(6, 14):
        lines = tuple(replace(ALD[rank % 8], rank=rank) for rank in range(1, count + 1))
        last = _pages(Case(written(Family.HEALTH_PRODUCTS, *lines)).pdf())[-1]
        assert "Signature du prescripteur" in last
        assert "comprimé" in last or "ampoule" in last or "sachet" in last


def test_the_longest_names_leave_the_repeated_head_whole() -> None:
    (_, second) = _pages(CASES["long-names"].pdf())
    name = f"{(LONG_PATIENT.used_surname or '').upper()} {LONG_PATIENT.first_name}, née le 14/03/1979"
    # A line may break after a hyphen: the blanks and soft breaks between words are not compared.
    assert "".join(name.split()) in "".join(second.split()).replace("\ufffe", "-")


@pytest.mark.parametrize(("variant", "declared"), [("a-3a", (b"3", b"A")), ("a-1b", (b"1", b"B"))])
def test_each_variant_declares_its_standard(variant: str, declared: tuple[bytes, bytes]) -> None:
    pdf = CASES["ald"].pdf(variant=variant)
    assert b"<pdfaid:part>" + declared[0] in pdf
    assert b"<pdfaid:conformance>" + declared[1] in pdf
    assert (b"<pdfuaid:part>1" in pdf) is (variant == "a-3a")
    assert (b"/StructTreeRoot" in pdf) is (variant == "a-3a")
    assert pdf == CASES["ald"].pdf(variant=variant)


def test_a_character_without_glyph_is_named_in_every_variant() -> None:
    case = Case(written(Family.NURSING, FreeTextLine(rank=1, text="crème 漢 à appliquer")))
    for variant in ("a-3a", "a-1b"):
        with pytest.raises(sheet.Unprintable, match="漢"):
            case.pdf(variant=variant)


def test_a_copy_is_dated_when_its_day_is_known() -> None:
    assert "DUPLICATA n° 2" in _said("ald", copy=3)
    assert "imprimé le 1er décembre 2026" in _said("ald", copy=3, printed_on=date(2026, 12, 1))
    assert date(2026, 11, 16) == MONDAY


def test_what_was_asked_replaced_and_stopped_is_said_in_few_words() -> None:
    written_now = replace(
        CASES["ald"].written,
        replaces=uuid4(),
        anonymity=Anonymity(ground=AnonymityGround.IVG, requested=True),
        paperless=Paperless(channel=CopyChannel.DMP, requested_on=MONDAY),
    )
    case = Case(written_now)
    said = " ".join(" ".join(_pages(case.pdf(replaces_on=MONDAY, stopped=(2,)))).split())
    assert "Remplace l'ordonnance du 16 novembre 2026" in said
    assert said.count("LIGNE ANNULÉE PAR LE PRESCRIPTEUR") == 1
    assert "Interruption volontaire de grossesse sous anonymat : secret demandé" in said
    assert "la copie déposée dans le dossier médical partagé" in said
    assert "Matricule INS" not in said
    assert "INS à scanner" not in said
    assert "Matricule INS" in _said("ald")
    plain = _said("ald")
    assert not any(word in plain for word in ("Remplace", "ANNULÉE", "secret", "la copie"))


WHY = "Association connue et tolérée depuis 2019 ; potassium et créatinine contrôlés tous les trois mois par le laboratoire"


def _passed_over(*alerts: str, reason: str = WHY, lines: tuple[int, ...] = (1,)) -> Case:
    found = tuple(Overridden(alert=each, reason=reason) for each in alerts)
    marked = [replace(each, overridden=found) if each.rank in lines else each for each in ALD]
    return Case(written(Family.HEALTH_PRODUCTS, *marked))


def test_an_alert_passed_over_is_one_short_line_and_the_sheet_stays_one_page() -> None:
    pages = _pages(_passed_over("interaction:ramipril+spironolactone", "maximum:ramipril", lines=(1, 2)).pdf())
    assert len(pages) == len(_pages(CASES["ald"].pdf())) == 1
    said = " ".join(pages[0].split())
    assert "Alertes passées outre par le prescripteur : interaction (ramipril, spironolactone), dose maximale" in said
    assert WHY not in said  # cut: the whole is in the signed order
    alone = replace(a_medicine(), overridden=(Overridden(alert="interaction:ramipril+spironolactone", reason=WHY),))
    short = " ".join(_pages(Case(written(Family.HEALTH_PRODUCTS, alone)).pdf())[0].split())
    assert f"Alerte passée outre par le prescripteur : interaction (ramipril, spironolactone) — motif : {WHY}" in short


def test_a_reason_however_long_takes_no_more_of_the_sheet() -> None:
    most = tuple(f"duplicate:substance-{rank}" for rank in range(30))
    long = _passed_over(*most, reason="x " * 499)
    assert len(_pages(long.pdf())) == 1
    assert len(alerts.passed_over(long.written.lines[0], most=alerts.ROW)) <= alerts.ROW
