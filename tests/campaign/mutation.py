"""A mutator of our own: one small change of a source file at a time, to see whether any test notices.

Changed: comparisons, membership, booleans, `not`, whole numbers, arithmetic, min and max, any and all, enum members, what is
returned, statements that can be dropped, branches, filters of comprehensions, defaults. Left alone: docstrings, texts,
annotations, type aliases and the members of enumerations, which declare.
"""

import ast
import copy
import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """A file with one change: where, what kind, the new text and the change as a reader wants it."""

    file: Path
    line: int
    kind: str
    text: str
    diff: str


class _Spot(NamedTuple):
    node: ast.AST
    kind: str
    change: tuple[str, object]  # the field and its new value, or «replace» and the new node


def count(file: Path, members: dict[str, list[str]]) -> int:
    """How many mutants a file has; `members` are the enumerations of the package, by name."""
    return len(list(_spots(ast.parse(file.read_text()), members)))


def mutant(file: Path, rank: int, members: dict[str, list[str]]) -> Mutant:
    """The mutant of this rank, from 0."""
    text = file.read_text()
    tree = ast.parse(text)
    before, spot = ast.unparse(tree).splitlines(), list(_spots(tree, members))[rank]
    line = next((each.lineno for each in ast.walk(spot.node) if isinstance(each, (ast.expr, ast.stmt))), 0)
    changed = _Change(spot.node, spot.change).visit(tree)
    after = ast.unparse(ast.fix_missing_locations(changed))
    told = [
        each for each in difflib.unified_diff(before, after.splitlines(), n=0, lineterm="") if each[:3] not in _HEAD
    ]
    shown = "\n".join(each for each in told if not each.startswith("@@"))
    return Mutant(file, line, spot.kind, after + "\n", shown)


_HEAD = ("---", "+++")


def enumerations(files: list[Path]) -> dict[str, list[str]]:
    """The members of each enumeration that these files declare."""
    found = {}
    for file in files:
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef) and _is_enum(node):
                names = [target for each in node.body if isinstance(each, ast.Assign) for target in each.targets]
                found[node.name] = [each.id for each in names if isinstance(each, ast.Name)]
    return found


class _Change(ast.NodeTransformer):
    def __init__(self, node: ast.AST, change: tuple[str, object]) -> None:
        self.node, self.change = node, change

    def visit(self, node: ast.AST) -> ast.AST:
        if node is not self.node:
            return cast(ast.AST, super().visit(node))
        field, value = self.change
        if field == "replace":
            assert isinstance(value, ast.AST)
            return ast.copy_location(value, node)
        setattr(node, field, value)
        return node


def _is_enum(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id in ("Enum", "Labelled") for base in node.bases)


def _declares(node: ast.stmt, inside: ast.ClassDef | None) -> bool:
    """Whether a statement only declares: a text, a member of an enumeration, a type alias."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Assign) and inside is not None and _is_enum(inside):
        return True
    return isinstance(node, ast.Assign) and "Annotated[" in ast.unparse(node.value)


def _spots(tree: ast.Module, members: dict[str, list[str]]) -> Iterator[_Spot]:
    pending: list[tuple[ast.AST, ast.ClassDef | None]] = [(tree, None)]
    while pending:
        node, inside = pending.pop(0)
        if isinstance(node, ast.stmt) and _declares(node, inside):
            continue
        yield from _of_expression(node, members)
        yield from _of_statement(node)
        within = node if isinstance(node, ast.ClassDef) else None if isinstance(node, ast.FunctionDef) else inside
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "bases", "keywords") and not isinstance(
                node, ast.Call
            ):
                continue
            children = value if isinstance(value, list) else [value]
            pending += [(each, within) for each in children if isinstance(each, ast.AST)]


def _of_expression(node: ast.AST, members: dict[str, list[str]]) -> Iterator[_Spot]:
    yield from _of_operator(node)
    yield from _of_value(node, members)
    if isinstance(node, ast.IfExp):
        yield _Spot(node, "branch", ("replace", copy.deepcopy(node.body)))
        yield _Spot(node, "branch", ("replace", copy.deepcopy(node.orelse)))
    elif isinstance(node, ast.comprehension):
        for rank in range(len(node.ifs)):
            yield _Spot(node, "filter", ("ifs", node.ifs[:rank] + node.ifs[rank + 1 :]))


def _of_operator(node: ast.AST) -> Iterator[_Spot]:
    if isinstance(node, ast.Compare):
        for rank, op in enumerate(node.ops):
            for other in COMPARED[type(op)]:
                ops = [other() if place == rank else each for place, each in enumerate(node.ops)]
                yield _Spot(node, "comparison", ("ops", ops))
    elif isinstance(node, ast.BoolOp):
        yield _Spot(node, "boolean", ("op", ast.Or() if isinstance(node.op, ast.And) else ast.And()))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _Spot(node, "not", ("replace", copy.deepcopy(node.operand)))
    elif isinstance(node, ast.BinOp) and type(node.op) in COUNTED:
        yield _Spot(node, "arithmetic", ("op", COUNTED[type(node.op)]()))


def _of_value(node: ast.AST, members: dict[str, list[str]]) -> Iterator[_Spot]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield _Spot(node, "constant", ("value", not node.value))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield from (_Spot(node, "constant", ("value", node.value + by)) for by in (1, -1))
    elif isinstance(node, ast.Name) and node.id in SWAPPED and isinstance(node.ctx, ast.Load):
        yield _Spot(node, "min, max, any, all", ("id", SWAPPED[node.id]))
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        names = members.get(node.value.id, [])
        if node.attr in names and len(names) > 1:
            yield _Spot(node, "enum member", ("attr", names[(names.index(node.attr) + 1) % len(names)]))


def _of_statement(node: ast.AST) -> Iterator[_Spot]:
    nothing = ast.Constant(None)
    if isinstance(node, ast.Return) and node.value is not None and ast.dump(node.value) != ast.dump(nothing):
        yield _Spot(node, "return", ("value", nothing))
    elif isinstance(node, (ast.Raise, ast.AugAssign, ast.Continue, ast.Expr)):
        yield _Spot(node, "dropped", ("replace", ast.Pass()))
    elif isinstance(node, ast.If):
        for value in (True, False):
            yield _Spot(node, "branch", ("test", ast.Constant(value)))
