"""Whether the code worked the answer out of the table, rather than writing it down."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from typing import Final

from services.assistant.checks.case import Case
from services.assistant.checks.shown import is_number
from services.domain import Check, Outcome

NAME: Final = "data"
ADVICE: Final = "The result must be computed from the tables: write no data and no result into the code by hand."
FRAMES: Final = frozenset({"DataFrame", "Series", "array", "from_dict", "from_records", "StringIO"})
"""What makes a table or a column out of what it is given."""
DRAWN: Final = frozenset({"x", "y", "z", "values", "r", "theta", "data", "data_frame", "open", "close", "high", "low"})
"""What a chart is given its numbers by."""
FEW: Final = 2
"""Fewer numbers than this are no data."""


def weigh(case: Case) -> Check | None:
    """Failed where the result does not depend on a table, or holds numbers that were written by hand."""
    try:
        tree = ast.parse(case.code)
    except (SyntaxError, ValueError, RecursionError):
        return None
    named = {float(each) for each in re.findall(r"\d+(?:\.\d+)?", case.question)[:200]}
    found = list(_problems(tree, frozenset(case.profiles), named))
    if not found:
        return Check(name=NAME, outcome=Outcome.PASSED, sentence="The result was worked out from the table.")
    sentences = dict.fromkeys(sentence for sentence, _ in found)
    return Check(
        name=NAME,
        outcome=Outcome.FAILED,
        sentence=" ".join(sentences),
        evidence=tuple(dict.fromkeys(line for _, line in found if line)),
    )


def _problems(tree: ast.Module, tables: Collection[str], named: Collection[float]) -> Iterator[tuple[str, str]]:
    flow = Flow(tables)
    flow.follow(tree.body)
    if "result" not in flow.from_data:
        yield "The result does not depend on the table.", ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (
                ("The code makes up data of its own.", _line(each))
                for each in _data(node)
                if not flow.touches(each) and _is_invented(each, named)
            )
        elif isinstance(node, ast.Assign) and any(_is_name(target, "result") for target in node.targets):
            yield from (
                ("A number of the result is written into the code.", _line(each))
                for each in _written(node.value, named)
            )


class Flow:
    """Which variables were made from a table, directly or not, followed from top to bottom."""

    def __init__(self, tables: Collection[str]) -> None:
        self.from_data = {*tables, "sql"}

    def follow(self, body: list[ast.stmt]) -> None:
        """Twice, since a loop or a function may use what comes below."""
        for _ in range(2):
            for statement in body:
                self._statement(statement, inside=False)

    def touches(self, node: ast.AST) -> bool:
        """Whether it reads anything that came from a table."""
        return any(isinstance(one, ast.Name) and one.id in self.from_data for one in ast.walk(node))

    def _statement(self, node: ast.stmt, *, inside: bool) -> None:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
            kept = isinstance(node, ast.AugAssign) and self.touches(node.target)
            self._assign(targets, inside or kept or self.touches(node.value))
        elif isinstance(node, ast.FunctionDef):
            self._assign([ast.Name(id=node.name)], self.touches(node))
        else:
            self._block(node, inside)

    def _block(self, node: ast.stmt, inside: bool) -> None:
        """What is done in a loop over data, or under a condition on it, depends on it."""
        heads = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr | ast.withitem)]
        depends = inside or any(self.touches(one) for one in heads)
        if isinstance(node, ast.For | ast.With) and depends:
            self._assign(
                [one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)], True
            )
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and depends
        ):
            self._assign([node.value.func.value], True)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._statement(child, inside=depends)
            elif isinstance(child, ast.ExceptHandler):
                for statement in child.body:
                    self._statement(statement, inside=depends)

    def _assign(self, targets: list[ast.expr], depends: bool) -> None:
        for target in targets:
            whole = isinstance(target, ast.Name)
            for name in (one.id for one in ast.walk(target) if isinstance(one, ast.Name)):
                if depends:
                    self.from_data.add(name)
                elif whole:
                    self.from_data.discard(name)


def _data(node: ast.Call) -> Iterator[ast.expr]:
    """What a call takes as data: the contents of a frame, the axes of a chart."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in FRAMES:
        yield from node.args[:1]
        yield from (each.value for each in node.keywords if each.arg in ("data", "object"))
    else:
        yield from (each.value for each in node.keywords if each.arg in DRAWN)


def _is_invented(node: ast.expr, named: Collection[float]) -> bool:
    """Whether it holds several numbers that are not of the question: as a list, or as text to be read."""
    if not isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Constant):
        return False
    if isinstance(node, ast.Constant):
        return (
            isinstance(node.value, str) and len(re.findall(r"\d+(?:\.\d+)?", node.value)) >= FEW and "\n" in node.value
        )
    numbers = [each for each in _numbers(node) if each not in named]
    return len(numbers) >= FEW and len(set(numbers)) >= FEW


def _written(node: ast.expr, named: Collection[float]) -> Iterator[ast.expr]:
    """Plain numbers that are given out as the result; flags and those of the question are none."""
    given = (
        node.values if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    )
    for each in given:
        if isinstance(each, ast.List | ast.Tuple | ast.Dict):
            yield from _written(each, named)
        elif any(number not in named for number in _numbers(each, deep=False)):
            yield each


def _numbers(node: ast.expr, *, deep: bool = True) -> list[float]:
    nodes = ast.walk(node) if deep else [node.operand if isinstance(node, ast.UnaryOp) else node]
    given = (one.value for one in nodes if isinstance(one, ast.Constant))
    return [float(each) for each in given if isinstance(each, int | float) and is_number(each)]


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _line(node: ast.expr) -> str:
    return f"Line {node.lineno}: {ast.unparse(node)[:160]}"
