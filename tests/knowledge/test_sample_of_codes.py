"""Devices, biology and nursing acts: a code only where it was read, a bad table refused with its place, found by words."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ordonum.cli.app import app
from ordonum.knowledge.codes import COLUMNS, BadCodes, CodeFamily, by_code, by_words, counts, read, shipped

GOOD = ["1104", "Hémogramme", "NFS", "hématologie", "Journal officiel", "2020-07-26", "https://exemple.fr/nabm"]


def _table(*rows: list[str], header: tuple[str, ...] = COLUMNS) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


def _with(**cells: str) -> list[str]:
    return [cells.get(column, cell) for column, cell in zip(COLUMNS, GOOD, strict=True)]


@pytest.mark.parametrize("family", CodeFamily)
def test_a_code_is_there_only_with_the_document_that_it_was_read_in(family: CodeFamily) -> None:
    table = shipped(family)
    assert all((each.code is None) == (each.source is None) for each in table)
    assert counts(table).coded >= 25
    assert counts(table).alone >= 5


def test_the_codes_of_the_examples_are_in_the_sample() -> None:
    assert by_code(shipped(CodeFamily.BIOLOGY), "1104")[0].label.startswith("Hémogramme")
    assert "135 kg" in by_code(shipped(CodeFamily.DEVICES), "1215702")[0].label
    assert any("lourd et complexe" in each.label for each in by_code(shipped(CodeFamily.NURSING), "AMI 4"))
    assert by_code(shipped(CodeFamily.BIOLOGY), "9999") == ()


@pytest.mark.parametrize(
    ("family", "words", "first"),
    [
        ("biology", "nfs", "1104"),
        ("biology", "HEMOG gly", "1577"),
        ("biology", "tsh", "1208"),
        ("biology", "œstra", "0330"),
        ("biology", "1104", "1104"),
        ("devices", "bande glyc 200", "1187408"),
        ("devices", "chaussettes compression", None),
        ("nursing", "prise sang", "AMI 1.5"),
    ],
)
def test_words_find_by_their_beginning_whatever_accents_case_and_order(
    family: str, words: str, first: str | None
) -> None:
    assert by_words(shipped(CodeFamily(family)), words)[0].code == first


def test_no_words_find_nothing() -> None:
    assert by_words(shipped(CodeFamily.BIOLOGY), " ; ") == ()
    assert by_words(shipped(CodeFamily.BIOLOGY), "hémogramme zzz") == ()


@pytest.mark.parametrize(
    ("raw", "row", "column"),
    [
        (_table(GOOD, header=(*COLUMNS[:-1], "adresse")), 1, "at"),
        (b"", 1, "code"),
        (_table(GOOD, GOOD[:3]), 3, "kind"),
        (_table(_with(code="110")), 2, "code"),
        (_table(_with(code="AMI 4")), 2, "code"),
        (_table(_with(label="")), 2, "label"),
        (_table(_with(label=" Hémogramme")), 2, "label"),
        (_table(_with(label="Hémo\ngramme")), 2, "label"),
        (_table(_with(at="")), 2, "at"),
        (_table(_with(at="quelque part")), 2, "at"),
        (_table(_with(on="26/07/2020")), 2, "on"),
        (_table(_with(on="2020-02-30")), 2, "on"),
        (_table(_with(code="")), 2, "title"),
        (_table(GOOD, _with(label="Autre")), 3, "code"),
        (_table(GOOD, _with(code="1109", label="HÉMOGRAMME")), 3, "label"),
        (_table(GOOD) + "é".encode("cp1252"), 3, "?"),
        (_table(GOOD) + b'"1109,ouvert', 3, "?"),
    ],
)
def test_a_bad_table_is_refused_with_its_row_and_column(raw: bytes, row: int, column: str) -> None:
    assert len(read(_table(GOOD), CodeFamily.BIOLOGY)) == 1
    with pytest.raises(BadCodes) as refused:
        read(raw, CodeFamily.BIOLOGY)
    assert (refused.value.row, refused.value.column) == (row, column)
    assert f"Ligne {row}, colonne « {column} »" in str(refused.value)


def test_the_command_finds_counts_and_refuses_a_table_of_a_house(tmp_path: Path) -> None:
    run = CliRunner().invoke
    told = run(app, ["codes", "search", "bande", "glyc", "--family", "devices", "--json"])
    assert told.exit_code == 0
    assert {each["code"] for each in json.loads(told.stdout)["found"]} >= {"1187408", "1173487"}
    shown = run(app, ["codes", "search", "vaccination", "--family", "nursing"]).stdout
    assert "aucune source publique : sans code" in shown
    assert "Table NGAP : 29 lignes avec code, 9 avec le libellé seul." in shown
    (tmp_path / "ours.csv").write_bytes(_table(_with(code="110")))
    refused = run(
        app, ["codes", "search", "hemo", "--family", "biology", "--file", str(tmp_path / "ours.csv"), "--json"]
    )
    assert refused.exit_code == 3
    assert "Ligne 2, colonne « code »" in json.loads(refused.stdout)["detail"]
