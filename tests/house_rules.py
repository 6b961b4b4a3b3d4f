"""Counts what the house does not allow by reading the sources: each rule is a function that lists findings."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import wbe
from wbe import messages, packaged

SOURCE = Path(wbe.__file__).parent
SPOKEN = {"note", "note_zh", "reason", "message", "message_zh", "advice", "text_en", "text_zh"}
SAID = {"next_step", "came", "needed", "note"}
READERS = {"startswith", "endswith", "split", "rsplit", "partition", "rpartition", "find", "match", "search",
           "fullmatch", "findall", "contains"}  # fmt: skip
ERRORS = {"Fault", "Note", "WbeError", "InputError", "UnknownName", "UnitError", "FactorError", "UncertaintyError",
          "DisclosureError", "MissingExtra"}  # fmt: skip


@functools.cache
def trees() -> dict[str, ast.Module]:
    """Every module of the library, by its path below the package."""
    return {str(p.relative_to(SOURCE)): ast.parse(p.read_text(encoding="utf-8")) for p in sorted(SOURCE.rglob("*.py"))}


def room_of(path: str) -> str:
    return path.split("/")[0].removesuffix(".py")


def by_room(findings: Iterator[tuple[str, int, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, line, text in findings:
        found.setdefault(room_of(path), []).append(f"{path}:{line}: {text}")
    return found


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _caught(tree: ast.Module) -> set[str]:
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.ExceptHandler) and n.name}


def _speaks(node: ast.AST, caught: set[str]) -> bool:
    """Whether an expression holds a sentence: an error as text, a note, a reason."""
    if isinstance(node, ast.Attribute) and node.attr == "code":  # note.code is what decisions are made by
        return False
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant) and part.slice.value in SPOKEN:
            return True
        if isinstance(part, ast.Name) and part.id in ("reason", "note", "message"):
            return True
        if isinstance(part, ast.Attribute) and part.attr in SAID and isinstance(part.ctx, ast.Load):
            return True
        if (
            isinstance(part, ast.Call) and _name(part.func) == "str" and part.args
            and _name(part.args[0]) in caught
        ):  # fmt: skip
            return True
    return False


def _sentence(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""


def decisions_on_text() -> Iterator[tuple[str, int, str]]:
    """Comparisons with, and searches in, what is meant for people."""
    for path, tree in trees().items():
        caught = _caught(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if any(map(_sentence, sides)) and any(_speaks(s, caught) for s in sides if not _sentence(s)):
                    yield path, node.lineno, ast.unparse(node)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READERS:
                joined = node.func.attr in ("split", "partition") and any(
                    isinstance(a, ast.Constant) and a.value in ("; ", "；") for a in node.args
                )
                heard = [node.func.value, *node.args] if _name(node.func.value) == "re" else [node.func.value]
                of_column = _name(node.func.value) == "str"  # table["note"].str.contains
                heard += [node.func.value.value] if of_column and isinstance(node.func.value, ast.Attribute) else []
                if joined or (node.args and any(_speaks(h, caught) for h in heard)):
                    yield path, node.lineno, ast.unparse(node)


def loaders() -> Iterator[tuple[str, int, str]]:
    """Every place but the one loader that opens the packaged data by itself."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if path != "packaged.py" and isinstance(node, ast.Call) and ast.unparse(node.func) == "resources.files":
                yield path, node.lineno, ast.unparse(node)


def plain_sentences() -> Iterator[tuple[str, int, str]]:
    """Errors, faults and notes that are written out in one language."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            if _name(node.func) in ERRORS:
                if _spaced(node.args[0]):
                    yield path, node.lineno, ast.unparse(node.args[0])[:80]
            elif _name(node.func) == "SchemaError" and len(node.args) > 1:
                for part in ast.walk(node.args[1]):
                    if _spaced(part) and not isinstance(part, ast.Call):
                        yield path, node.lineno, ast.unparse(part)[:80]


def _spaced(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(_spaced(part) for part in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def doors() -> Iterator[tuple[str, str, object]]:
    """Room, name and thing of every public name: of the library, and of the rooms that it shows."""
    for name in wbe.__all__:
        thing = getattr(wbe, name)
        if not inspect.ismodule(thing):
            yield _room_of(thing), name, thing
            continue
        for inner in getattr(thing, "__all__", ()):
            yield name, f"{name}.{inner}", getattr(thing, inner)


def _room_of(thing: object) -> str:
    return str(getattr(thing, "__module__", "wbe.")).split(".")[1]


def any_at_doors() -> Iterator[tuple[str, int, str]]:
    """Public functions, and public methods of public classes, with ``Any`` in their signature."""
    for room, name, thing in doors():
        for told, function in _functions(name, thing):
            hints = inspect.get_annotations(function)
            if any(re.search(r"\bAny\b", str(hint)) for hint in hints.values()):
                yield room, 1, told


def _functions(name: str, thing: object) -> Iterator[tuple[str, Callable[..., object]]]:
    if inspect.isfunction(thing):
        yield name, thing
    if inspect.isclass(thing) and thing.__module__.startswith("wbe"):
        for inner, member in vars(thing).items():
            member = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            if inspect.isfunction(member) and (not inner.startswith("_") or inner == "__init__"):
                yield f"{name}.{inner}", member


def without_all() -> Iterator[tuple[str, int, str]]:
    """Modules that do not say what they hand out; empty ones and lazy faces aside."""
    for path, tree in trees().items():
        named = any(
            _name(t) == "__all__" or (isinstance(t, ast.Tuple) and "__all__" in map(_name, t.elts))
            for node in tree.body if isinstance(node, ast.Assign) for t in node.targets
        )  # fmt: skip
        if not named and any(isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Assign) for n in tree.body):
            yield path, 1, "no __all__"


def silent_raises() -> Iterator[tuple[str, int, str]]:
    """Public functions and methods that raise by themselves and whose docstring does not say what."""
    for path, tree in trees().items():
        classes = [n for n in tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]
        for node in [*tree.body, *(member for c in classes for member in c.body)]:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and _refuses(node) and "Raises" not in (ast.get_docstring(node) or ""):
                yield path, node.lineno, node.name


def _refuses(function: ast.FunctionDef | ast.stmt) -> bool:
    """Whether a function raises in its own body, by the statement or by the helpers that always do."""
    waiting: list[ast.AST] = list(getattr(function, "body", ()))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            return True
        if isinstance(node, ast.Call) and _name(node.func) in ("one_of", "refuse", "refuse_all", "require"):
            return True
        waiting += ast.iter_child_nodes(node)
    return False


def codes_in_code() -> tuple[set[str], set[str], set[str]]:
    """Codes given to notes and errors; every text that is a code; beginnings of codes that are put together."""
    rooms = {name.removesuffix(".ftl") for name in packaged.names("messages/en")}
    given, texts, starts = set(), set(), set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in ERRORS | {"render"}:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and messages.is_code(first.value):
                    given.add(first.value)
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if messages.is_code(text) and text.split("-")[0] in rooms:
                texts.add(text)
            if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if re.fullmatch(r"[a-z]+(?:-[a-z0-9]+)*-", start) and start.split("-")[0] in rooms:
                    starts.add(start)
    return given, texts, starts


def codes_in_data() -> set[str]:
    """Codes that packaged tables name."""
    texts = (p.read_text(encoding="utf-8") for p in (SOURCE / "data").rglob("*") if p.suffix in (".toml", ".csv"))
    return {word for text in texts for word in re.findall(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+", text)}


def all_codes() -> set[str]:
    return {code for name in packaged.names("messages/en") for code in messages.codes(name.removesuffix(".ftl"))}


def imports(late: bool) -> dict[str, set[str]]:
    """Which module imports which, of the library's own; ``late``: also inside functions."""
    known = {"wbe." + p.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): p for p in trees()}
    known["wbe"] = "__init__.py"
    graph: dict[str, set[str]] = {name: set() for name in known}
    for name, path in known.items():
        for node in _imported(trees()[path].body, late):
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            else:
                wanted = [f"{node.module}.{alias.name}" for alias in node.names]
            for one in wanted:
                target = one if one in known else one.rpartition(".")[0]
                if target in known and target not in (name, "wbe"):
                    graph[name].add(target)
    return graph


def _imported(body: list[ast.stmt], late: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
        elif late or isinstance(node, ast.If | ast.Try | ast.With):
            waiting += list(ast.iter_child_nodes(node))


def circles(late: bool = False) -> list[list[str]]:
    """Groups of modules that import each other in a circle (Tarjan 1972, doi:10.1137/0201010)."""
    graph = imports(late)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in number:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], number[other])
        if low[name] == number[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in number:
            visit(name)
    return found
