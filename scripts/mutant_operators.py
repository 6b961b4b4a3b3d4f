"""The small changes that mutation testing makes to a module: each is one wrong decision, written as text for text.

Holds the operators. Leaves alone what decides nothing: docstrings, annotations, messages of errors, imports.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
#: functions and methods that stand for a choice, and the other choice
CHOICES = {
    "any": "all",
    "min": "max",
    "minimum": "maximum",
    "nanmin": "nanmax",
    "argmin": "argmax",
    "idxmin": "idxmax",
    "ceil": "floor",
    "first": "last",
    "ffill": "bfill",
    "head": "tail",
    "union": "intersection",
    "startswith": "endswith",
    "sum": "mean",
    "median": "mean",
    "notna": "isna",
    "ones": "zeros",
    "ones_like": "zeros_like",
}
CHOICES |= {v: k for k, v in CHOICES.items() if k not in ("sum", "median")}
#: calls of one argument, and methods without one, whose loss would be a mistake and no matter of type
DROPPED = {"abs", "sorted", "reversed", "set", "unique", "exp", "log", "log1p", "expm1", "sqrt", "cumsum", "fold"}
DROPPED_METHODS = {"dropna", "drop_duplicates", "cumsum", "abs", "lower", "strip", "sort_index", "copy"}


@dataclass(frozen=True)
class Mutant:
    """One change: where it stands, what stood there and what stands there now."""

    file: str
    function: str
    line: int
    operator: str
    start: int
    end: int
    text: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """What names the change when line numbers move."""
        return f"{self.function} | {self.before} | {self.after}"

    @property
    def rank(self) -> str:
        """Its place in the sample: by hash, so that most of a sample outlives an edit of the module."""
        return hashlib.sha256(f"{self.file} | {self.key} | {self.line}".encode()).hexdigest()

    def source(self, original: bytes) -> bytes:
        """Return the module with the change."""
        return original[: self.start] + self.text.encode() + original[self.end :]


class _Finder:
    def __init__(self, file: str, source: bytes):
        self.file, self.source = file, source
        self.starts = [0]
        for row in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(row))
        self.lines = source.decode().splitlines()
        self.found: list[Mutant] = []

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.starts[node.lineno - 1] + node.col_offset,  # type: ignore[attr-defined]
            self.starts[node.end_lineno - 1] + node.end_col_offset,  # type: ignore[attr-defined]
        )

    def add(self, node: ast.AST, operator: str, text: str, where: str) -> None:
        start, end = self._span(node)
        if self.source[start:end].decode() == text:
            return
        changed = (self.source[:start] + text.encode() + self.source[end:]).decode().splitlines()
        line = node.lineno  # type: ignore[attr-defined]
        shown = [
            (a.strip(), b.strip())
            for a, b in zip(self.lines[line - 1 :], changed[line - 1 :], strict=False)
            if a.strip() != b.strip()
        ]
        before, after = shown[0] if shown else (self.lines[line - 1].strip(), text)
        self.found.append(Mutant(self.file, where, line, operator, start, end, text, before, after))

    def text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()


def _docstring(body: list[ast.stmt]) -> ast.stmt | None:
    first = body[0] if body else None
    return first if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else None


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Children that can decide something."""
    skipped = {"annotation", "returns", "type_comment", "decorator_list", "type_params", "ctx"}
    for name, value in ast.iter_fields(node):
        if name in skipped or (isinstance(node, ast.ClassDef) and name in ("bases", "keywords")):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def _paren(text: str) -> str:
    return f"({text})"


def mutants(file: str, source: bytes) -> list[Mutant]:
    """Return every change of a module, in the order of its text."""
    finder = _Finder(file, source)
    tree = ast.parse(source)
    _walk(finder, tree, "", deciding=False)
    known: dict[tuple[int, int, str], Mutant] = {}
    for m in finder.found:
        known.setdefault((m.start, m.end, m.text), m)
    return sorted(known.values(), key=lambda m: (m.start, m.end, m.text))


def _walk(f: _Finder, node: ast.AST, where: str, deciding: bool) -> None:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.Global | ast.Nonlocal):
        return
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        where = f"{where}.{node.name}".lstrip(".")
        if node.name in ("__repr__", "_repr_html_"):
            return
        if isinstance(node, ast.FunctionDef) and any("overload" in ast.unparse(d) for d in node.decorator_list):
            return
    if isinstance(node, ast.Raise):
        f.add(node, "raise left out", "pass", where)
        return  # the sentence decides nothing
    _here(f, node, where, deciding)
    body = getattr(node, "body", None)
    skip = _docstring(body) if isinstance(body, list) and not isinstance(node, ast.Lambda) else None
    for child in _children(node):
        if child is skip:
            continue
        key = isinstance(node, ast.Compare) or (isinstance(node, ast.Subscript) and child is node.slice)
        key = key or (isinstance(node, ast.Dict) and any(child is k for k in node.keys))
        key = key or (deciding and isinstance(node, ast.Tuple | ast.List | ast.Set))
        _walk(f, child, where, key)


def _here(f: _Finder, node: ast.AST, where: str, deciding: bool) -> None:
    if isinstance(node, ast.Constant):
        _constant(f, node, where, deciding)
    elif isinstance(node, ast.Call):
        _call(f, node, where)
    elif isinstance(node, ast.stmt):
        _statement(f, node, where)
    else:
        _expression(f, node, where)
    for test in _bare_tests(node):
        f.add(test, "condition turned round", f"(not {_paren(f.text(test))})", where)


def _expression(f: _Finder, node: ast.AST, where: str) -> None:
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in COMPARISONS.get(type(op), ()):
                changed = ast.Compare(node.left, [*node.ops[:i], other(), *node.ops[i + 1 :]], node.comparators)
                f.add(node, "comparison", _paren(ast.unparse(changed)), where)
    elif isinstance(node, ast.BoolOp):
        turned = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        f.add(node, "and/or", _paren(ast.unparse(ast.BoolOp(turned, node.values))), where)
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        f.add(node, "sign or not left out", _paren(f.text(node.operand)), where)
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC and not _is_text(node):
        other_op = ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
        f.add(node, "arithmetic", _paren(ast.unparse(other_op)), where)


def _statement(f: _Finder, node: ast.stmt, where: str) -> None:
    if isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        changed = ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)
        f.add(node, "arithmetic", ast.unparse(changed), where)
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            f.add(node, "return value", "return None", where)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        f.add(node, "call left out", "pass", where)
    elif isinstance(node, ast.Continue | ast.Break):
        f.add(node, "continue/break", "break" if isinstance(node, ast.Continue) else "continue", where)


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(
        isinstance(s, ast.JoinedStr) or (isinstance(s, ast.Constant) and isinstance(s.value, str)) for s in sides
    )


def _bare_tests(node: ast.AST) -> list[ast.expr]:
    tests = [node.test] if isinstance(node, ast.If | ast.IfExp) else []
    tests += node.ifs if isinstance(node, ast.comprehension) else []
    return [t for t in tests if not isinstance(t, ast.Compare | ast.BoolOp | ast.UnaryOp)]


def _constant(f: _Finder, node: ast.Constant, where: str, deciding: bool) -> None:
    value = node.value
    if isinstance(value, bool):
        f.add(node, "constant", str(not value), where)
    elif isinstance(value, int):
        f.add(node, "constant", str(value + 1), where)
        if value > 0:
            f.add(node, "constant", str(value - 1), where)
    elif isinstance(value, float) and value == value and abs(value) not in (0.0, float("inf")):
        f.add(node, "constant", repr(value * 1.5), where)
    elif isinstance(value, float) and value == 0.0:
        f.add(node, "constant", "1.0", where)
    elif isinstance(value, str) and deciding and value:
        f.add(node, "key", repr("XX" + value), where)


def _call(f: _Finder, node: ast.Call, where: str) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in ("cast", "TypeVar", "Note", "Words", "Fault") or name.endswith("Error"):
        return
    if name in CHOICES:
        start, end = f._span(node.func)
        text = f.source[start:end].decode()
        f.add(node.func, "choice", text[: -len(name)] + CHOICES[name], where)
    if name in DROPPED and len(node.args) == 1 and not node.keywords:
        f.add(node, "call left out", _paren(f.text(node.args[0])), where)
    if name in DROPPED_METHODS and isinstance(node.func, ast.Attribute) and not node.args:
        f.add(node, "call left out", _paren(f.text(node.func.value)), where)
    for i, keyword in enumerate(node.keywords):
        if keyword.arg is None:
            continue
        left = ast.Call(node.func, node.args, [*node.keywords[:i], *node.keywords[i + 1 :]])
        f.add(node, "keyword left out", ast.unparse(left), where)
    # a text in the place of a value fails at once: such a change would flatter the score
    apart = (ast.Starred, ast.Constant)
    if len(node.args) >= 2 and not any(isinstance(a, apart) for a in node.args[:2]) and name != "isinstance":
        turned = ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
        f.add(node, "arguments swapped", ast.unparse(turned), where)
