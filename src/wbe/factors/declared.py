"""Declared shapes of tables: which keys, of which type, which must be there; those of profiles and of own claims.

Refuses unknown keys with the nearest known one, wrong types and missing keys: all at once, each with its path.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

import cattrs
from cattrs.gen import make_dict_structure_fn

from wbe.errors import hint
from wbe.factors.claim_rows import COLUMNS
from wbe.factors.refusals import refuse_all
from wbe.messages import Note, Words

__all__ = ["DoseChoice", "FactorChoice", "NoChoice", "OverlayFile", "ProfileFile", "Weighted", "check_shape", "shown"]

Cell = str | int | float | list[str]
"""What may stand in a cell of a claim; a list is joined."""


@dataclass(frozen=True)
class Weighted:
    """One claim that a choice takes, with its weight among the others."""

    id: str
    weight: float = 1.0


@dataclass(frozen=True)
class FactorChoice:
    """Which claims make the factor of a drug by a biomarker."""

    drug: str
    biomarker: str
    claims: tuple[Weighted, ...]
    combine: str = "mixture"
    relative_sd: float | None = None
    note: str = ""
    note_zh: str = ""
    first: bool = False


@dataclass(frozen=True)
class DoseChoice:
    """Which claims make the dose of a drug."""

    drug: str
    claims: tuple[Weighted, ...]
    note: str = ""
    note_zh: str = ""


@dataclass(frozen=True)
class NoChoice:
    """A drug that has no factor, and the claim that says why."""

    drug: str
    claim: str


ClaimRow = dataclasses.make_dataclass(
    "ClaimRow",
    [(c, Cell) for c in ("id", "quantity", "citation")]
    + [(c, Cell | None, field(default=None)) for c in COLUMNS if c not in ("id", "quantity", "citation")],
    frozen=True,
)
"""One claim as a mapping: the columns that :func:`wbe.factors.claims` shows."""


@dataclass(frozen=True)
class OverlayFile:
    """What is laid over a profile: claims, and choices over claims."""

    name: str = ""
    version: str = ""
    title: str = ""
    note: str = ""
    claim: tuple[ClaimRow, ...] = ()  # type: ignore[valid-type]
    factor: tuple[FactorChoice, ...] = ()
    dose: tuple[DoseChoice, ...] = ()
    none: tuple[NoChoice, ...] = ()


@dataclass(frozen=True)
class ProfileFile:
    """A shipped profile."""

    name: str
    version: str
    title: str
    title_zh: str = ""
    warning: str = ""
    warning_zh: str = ""
    factor: tuple[FactorChoice, ...] = ()
    dose: tuple[DoseChoice, ...] = ()
    none: tuple[NoChoice, ...] = ()
    cotinine: dict[str, str] = field(default_factory=dict)


class _WrongType(ValueError):
    """A value of another type than was declared."""

    def __init__(self, needed: Words, came: Any):
        super().__init__(needed.en)
        self.needed, self.came = needed, came


def shown(value: object) -> str | Note:
    """Return how a value is told in a fault: not at any length.

    Examples
    --------
    >>> shown(0.3), str(shown(10**5000))
    ('0.3', 'a whole number of thousands of digits')
    """
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        return Note("factors-huge-number")
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_shape(content: object, kind: type, place: str) -> None:
    """Refuse content that has not the declared shape.

    Raises
    ------
    FactorError
        Every fault with its path, such as ``claim[2].value``.

    Examples
    --------
    >>> check_shape({"drug": "tramadol", "claim": "tramadol-none"}, NoChoice, "mine.toml")
    >>> check_shape({"drug": "tramadol", "clam": "tramadol-none"}, NoChoice, "mine.toml")
    Traceback (most recent call last):
    ...
    wbe.factors.refusals.FactorFaults: mine.toml: claim is missing.
    mine.toml: unknown key 'clam'. Did you mean 'claim'?
    """
    try:
        _converter().structure(content, kind)
    except (cattrs.BaseValidationError, _WrongType) as err:
        refuse_all(_faults(err, "", place))


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, _simple(str, Words("a text", "文字")))
    converter.register_structure_hook(bool, _simple(bool, Words("true or false", "true 或 false")))
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(int, _whole)
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
    converter.register_structure_hook_func(lambda kind: kind in (Cell, Cell | None), _cell)
    converter.register_structure_hook_func(lambda kind: kind == float | None, _number)
    converter.register_structure_hook_factory(
        lambda kind: str(get_origin(kind)) == str(dict), lambda kind: _mapping(converter)
    )
    converter.register_structure_hook_factory(
        lambda kind: str(get_origin(kind)) == str(tuple), lambda kind: _each(converter)
    )
    converter.register_structure_hook_factory(dataclasses.is_dataclass, lambda kind: _keyed(kind, converter))
    return converter


def _simple(kind: type, needed: Words) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if not isinstance(value, kind):
            raise _WrongType(needed, value)
        return value

    return hook


def _finite(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def _number(value: Any, _: Any) -> Any:
    if not _finite(value):
        raise _WrongType(Words("a finite number", "有限的数"), value)
    return float(value)


def _cell(value: Any, _: Any) -> Any:
    whole = all(isinstance(v, str) for v in value) if isinstance(value, list | tuple) else False
    if not (value is None or isinstance(value, str) or _finite(value) or whole):
        raise _WrongType(Words("a text, a finite number or a list of texts", "文字、有限的数或文字列表"), value)
    return value


def _whole(value: Any, _: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _WrongType(Words("a whole number", "整数"), value)
    return value


def _mapping(converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    def hook(value: Any, kind: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _WrongType(Words("a table of keys", "键值表"), value)
        return _structured(converter, value.items(), kind, get_args(kind)[1], dict)

    return hook


def _structured(converter: cattrs.Converter, items: Iterable[tuple[Any, Any]], kind: Any, item: Any, made: Any) -> Any:
    """Structure every entry of a table or list; all that are wrong are told, by key or number."""
    found, errors = {}, []
    for at, one in items:
        try:
            found[at] = converter.structure(one, item)
        except (cattrs.BaseValidationError, _WrongType) as err:
            err.add_note(cattrs.IterableValidationNote("", at, item))
            errors.append(err)
    if errors:
        raise cattrs.IterableValidationError("", errors, kind)
    return found if made is dict else made(found.values())


def _each(converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    def hook(value: Any, kind: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise _WrongType(Words("a list", "列表"), value)
        item = get_args(kind)[0]
        # a claim alone has the weight 1
        held = [{"id": one} if item is Weighted and isinstance(one, str) else one for one in value]
        return _structured(converter, enumerate(held, start=1), kind, item, tuple)

    return hook


def _keyed(kind: Any, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    inner = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)

    def hook(value: Any, _: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _WrongType(Words("a table of keys", "键值表"), value)
        return inner(dict(value), kind)

    return hook


def _below(path: str, at: str | int) -> str:
    return f"{path}[{at}]" if isinstance(at, int) else f"{path}.{at}".lstrip(".")


def _faults(err: BaseException, path: str, place: str) -> list[Note]:
    """Every fault below an error, with its path."""
    at = f"{place}, {path}" if path else place
    if isinstance(err, cattrs.ClassValidationError):
        named, others = err.group_exceptions()
        below = [(e, f"{path}.{note.name}".lstrip(".")) for e, note in named]
        return [f for e, p in [*below, *((e, path) for e in others)] for f in _faults(e, p, place)]
    if isinstance(err, cattrs.IterableValidationError):
        return [f for e, note in err.group_exceptions()[0] for f in _faults(e, _below(path, note.index), place)]
    if isinstance(err, cattrs.ForbiddenExtraKeysError):
        known = [f.name for f in dataclasses.fields(err.cl)]
        return [
            Note("factors-file-key", place=at, key=key, hint=hint(key, known))
            for key in sorted(map(str, err.extra_fields))
        ]
    if isinstance(err, KeyError):
        return [Note("factors-file-missing", place=f"{place}, {path}".removesuffix(f", {err.args[0]}").removesuffix(
            f".{err.args[0]}"), key=str(err.args[0]))]  # fmt: skip
    if isinstance(err, _WrongType):
        return [Note("factors-file-type", place=at, came=shown(err.came), needed=err.needed)]
    raise err
