"""Which columns of a table the code can touch, where that is certain. Runs in the worker."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import Final

_INDIRECT_NAMES: Final = (
    "eval exec locals globals vars dir getattr __import__ sql duckdb sys gc inspect importlib builtins"
)
INDIRECT: Final = frozenset(_INDIRECT_NAMES.split())
"""With one of these in the code, a table can be reached without being named."""
_BY_NAME: Final = frozenset({"groupby", "sort_values", "nlargest", "nsmallest", "value_counts", "set_index"})
_TEST_NAMES: Final = "isin between notna isna notnull isnull contains startswith endswith eq ne gt ge lt le"
_TESTS: Final = frozenset(_TEST_NAMES.split())
_IN_TEXT: Final = frozenset({"eval", "query", "sql", "execute", "register"})
"""Methods whose text can name any variable."""


def columns(tree: ast.Module, table: str, known: Collection[str]) -> list[str] | None:
    """The columns that the code reads of the table, in the table's order; None where every column may be needed."""
    if _is_indirect(tree):
        return None
    above = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == table:
            names = _use(node, above)
            if names is None or not names <= set(known):
                return None
            found |= names
    return [name for name in known if name in found]


def is_used(tree: ast.Module, name: str) -> bool:
    """Whether the code names the variable, or could reach it without."""
    named = any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
    indirect = INDIRECT - {"sql"}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return named or bool(names & indirect)


def _is_indirect(tree: ast.Module) -> bool:
    queries = _literal_queries(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in INDIRECT and node not in queries:
            return True
        if isinstance(node, ast.Attribute) and node.attr in _IN_TEXT:
            return True
        if isinstance(node, (ast.Import, ast.ImportFrom)) and INDIRECT & set(_modules(node)):
            return True
    return False


def _literal_queries(tree: ast.Module) -> set[ast.expr]:
    """The name `sql` in calls with a text alone: a query reads the whole tables by itself, not what is loaded."""
    return {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "sql"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
        and not node.keywords
    }


def _modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        yield (node.module or "").split(".")[0]
    for alias in node.names:
        yield alias.name.split(".")[0]


def _use(node: ast.AST, above: dict[ast.AST, ast.AST]) -> set[str] | None:
    """The columns that one use of a table reads; None where it may read any."""
    parent = above.get(node)
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "len":
        return set()
    if isinstance(parent, ast.Subscript) and parent.value is node and isinstance(parent.ctx, ast.Load):
        if (names := _names(parent.slice)) is not None:
            return names
        return _use(parent, above) if _is_mask(parent.slice) else None
    if isinstance(parent, ast.Attribute) and parent.value is node and parent.attr in _BY_NAME:
        return _after_method(parent, above)
    return None


def _after_method(method: ast.Attribute, above: dict[ast.AST, ast.AST]) -> set[str] | None:
    """The columns of `groupby(names)[names]` and its like."""
    call = above.get(method)
    if not isinstance(call, ast.Call) or call.func is not method or any(word.arg == "key" for word in call.keywords):
        return None
    named = [word.value for word in call.keywords if word.arg in ("by", "columns", "subset", "keys")]
    used = [_names(each) for each in [*[each for each in call.args if not _is_number(each)], *named]]
    rest = _use(call, above)
    if rest is None and method.attr == "groupby":
        rest = _summary(above.get(call), above)
    if rest is None or not used or any(each is None for each in used):
        return None
    return rest.union(*(each for each in used if each is not None))


def _summary(method: ast.AST | None, above: dict[ast.AST, ast.AST]) -> set[str] | None:
    """The columns of `.size()`, `.agg(total=("units", "sum"))` or `.agg({"units": "sum"})` after a `groupby`."""
    call = above.get(method) if isinstance(method, ast.Attribute) else None
    if not isinstance(method, ast.Attribute) or not isinstance(call, ast.Call) or call.func is not method:
        return None
    if method.attr == "size":
        return set()
    if method.attr not in ("agg", "aggregate"):
        return None
    named = [word.value.elts[0] for word in call.keywords if isinstance(word.value, ast.Tuple) and word.value.elts]
    keys = [key for each in call.args if isinstance(each, ast.Dict) for key in each.keys]
    if len(named) + len([each for each in call.args if isinstance(each, ast.Dict)]) != len(call.keywords) + len(
        call.args
    ):
        return None
    parts = [_names(each) if each is not None else None for each in [*named, *keys]]
    return None if any(part is None for part in parts) else set().union(*(part for part in parts if part))


def _names(node: ast.expr) -> set[str] | None:
    """The names in a literal name or list of names."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else None
    if isinstance(node, ast.List):
        parts = [_names(each) for each in node.elts]
        return None if any(part is None for part in parts) else set().union(*(part for part in parts if part))
    return None


def _is_mask(node: ast.expr) -> bool:
    """Whether the expression can only be a row mask."""
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
        return _is_mask(node.left) and _is_mask(node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return _is_mask(node.operand)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TESTS


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float, bool))
