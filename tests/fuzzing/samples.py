"""Valid identifiers of every kind, made by rank: what a generated value is mended with, what a mutator starts from."""

import random

from stdnum import ean
from stdnum.fr import nir

from ordonum.model import identifiers as kinds
from ordonum.model.identifiers import Identifier
from ordonum.model.number import EpuId
from ordonum.sandbox import people, places

_RANKS = range(1, 13)


def _with_ean(body: str) -> str:
    return body + ean.calc_check_digit(body)


def _nir(rank: int) -> str:
    body = f"{1 + rank % 2}{40 + rank:02}0{1 + rank % 9}69123{rank:03}"
    return body + nir.calc_check_digits(body)


_chance = random.Random(1789)
SAMPLES: dict[type[Identifier], list[str]] = {
    EpuId: [str(EpuId.draw(_chance.choice)) for _ in _RANKS],
    kinds.Rpps: [str(people.rpps(rank)) for rank in _RANKS],
    kinds.NumeroAm: [f"{691_000_000 + rank}" for rank in _RANKS],
    kinds.Finess: [str(people.finess(rank)) for rank in _RANKS],
    kinds.NirKey: [_nir(rank) for rank in _RANKS],
    kinds.InsOid: [f"1.2.250.1.213.1.4.{last}" for last in (8, 9, 10, 11)],
    kinds.Cip13: [_with_ean(f"34009{3_000_000 + rank}") for rank in _RANKS],
    kinds.Ucd13: [_with_ean(f"34008{9_000_000 + rank}") for rank in _RANKS],
    kinds.Cis: [f"{60_000_000 + rank}" for rank in _RANKS],
    kinds.MedicabaseCode: [f"MV{rank:08}" for rank in _RANKS],
    kinds.SubstanceCode: [f"{rank:05}" for rank in _RANKS],
    kinds.Lpp: [f"{1_100_000 + rank}" for rank in _RANKS],
    kinds.Nabm: [f"{1_100 + rank}" for rank in _RANKS],
    kinds.ActCode: ["AMI 4", "AMK 7.5", "AMO 10", "B", "BBLD001"],
    kinds.InseeCode: ["69123", "2A004", "99109"],
    kinds.EmployeeId: [f"3{people.finess(rank)}/CPET{rank:05}" for rank in _RANKS],
    kinds.StructureId: [f"1{people.finess(rank)}" for rank in _RANKS] + [f"3{places.siret(1)}"],
    kinds.Nil: ["ORDONUM-1"],
    kinds.Nie: ["ORDONUM"],
    kinds.SpecialtyCode: ["SM26", "SM54", "G", "80"],
    kinds.BirthDate: ["1979-03-14", "1931-00-00", "2019-12-31", "1950-02-30"],
    kinds.CommitmentHex: ["0" * 64, "af" * 32],
}
