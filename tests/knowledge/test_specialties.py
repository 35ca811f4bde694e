"""The labels of specialties are those of the CI-SIS."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ordonum.knowledge.specialties import label, table
from ordonum.model.actors import Profession

PUBLISHED = Path(__file__).parents[3] / "shared/data/jdv/JDV_J01_XdsAuthorSpecialty_CISIS.xml"
NAME = re.compile(r"^(?:Médecin - |Infirmier - |Chirurgien-Dentiste - |Pharmacien - )?(.*?)(?: \([A-Z]{1,4}\))?$")


def test_a_specialty_is_called_by_its_name() -> None:
    assert label(Profession.DOCTOR, "SM04") == "cardiologie et maladies vasculaires"
    assert label(Profession.DOCTOR, "SM54") == "médecine générale"
    assert label(Profession.PHARMACIST, "A") == "pharmacien titulaire d'officine"
    assert label(Profession.NURSE, "SM04") is None
    assert label(Profession.DOCTOR, "SM99") is None
    assert label(Profession.DOCTOR, None) is None


def test_every_specialty_of_doctors_is_there_and_every_profession_is_ours() -> None:
    assert all(("10", f"SM{rank:02}") in table() for rank in range(1, 96))
    assert {code for code, _ in table()} <= {each.value for each in Profession}


def test_codes_and_labels_are_those_published() -> None:
    if not PUBLISHED.exists():
        pytest.skip(f"the value set JDV_J01 is not on this machine ({PUBLISHED.parent.name}/{PUBLISHED.name})")
    published = {}
    for each in ElementTree.parse(PUBLISHED).iter("{urn:ihe:iti:svs:2008}Concept"):
        profession, slash, code = each.attrib["code"].removeprefix("G15_").partition("/")
        if slash:
            found = NAME.match(each.attrib["displayName"])
            assert found is not None
            published[profession, code] = found[1].casefold()
    ours = {key: value.casefold() for key, value in table().items()}
    ours["10", "PAC00"] = ours["10", "PAC00"].removesuffix(" (pac)")
    assert ours == published
