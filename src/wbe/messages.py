"""Sentences by code: a fault, a finding or a note is a code with values, put into words once per language from data.

Holds the renderer and the language in force. Refuses a code without a sentence; nothing in the library may decide
anything by reading a sentence, so a better wording or a translation never changes a result.

A code is ``room-what-happened``; its words lie in ``data/messages/<language>/<room>.ftl`` (Project Fluent).
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import locale
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wbe import packaged

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

__all__ = ["LANGUAGES", "Note", "Words", "codes", "is_code", "join", "language", "notes", "parts", "render", "speaking"]

LANGUAGES = ("en", "zh")
_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_SPOKEN: contextvars.ContextVar[str | None] = contextvars.ContextVar("wbe_language", default=None)
#: where a sentence is cut at a value: no text has it
_CUT = "\x00"
_LIST = {"en": ", ", "zh": "、"}
_SENTENCES = {"en": "; ", "zh": "；"}


def language() -> str:
    """Return the language in force: of :func:`speaking`, else of ``WBE_LANGUAGE``, else of the locale, else English.

    Examples
    --------
    >>> with speaking("zh"):
    ...     language()
    'zh'
    """
    chosen = _SPOKEN.get() or os.environ.get("WBE_LANGUAGE", "")[:2].lower()
    return chosen if chosen in LANGUAGES else _of_the_locale()


def _of_the_locale() -> str:
    """Chinese where the locale is Chinese: by the variables that POSIX reads, in their order, or by the system."""
    named = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if not named and os.name == "nt":
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


@contextlib.contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Let everything inside the block be said in ``chosen``: ``"en"`` or ``"zh"``.

    Raises
    ------
    ValueError
        Another language.
    """
    if chosen not in LANGUAGES:
        raise ValueError(f"language {chosen!r}; needed one of {', '.join(LANGUAGES)}")
    token = _SPOKEN.set(chosen)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def is_code(text: str) -> bool:
    """Tell a code from a sentence.

    Examples
    --------
    >>> is_code("factors-unknown-claim"), is_code("no such claim")
    (True, False)
    """
    return _CODE.fullmatch(text) is not None


@dataclass(frozen=True)
class Words:
    """A text in both languages, to be used as a value of a sentence.

    Examples
    --------
    >>> Words("wastewater", "污水").text("zh")
    '污水'
    """

    en: str
    zh: str

    def text(self, chosen: str | None = None) -> str:
        """Return the text in one language (by default the one in force)."""
        return self.zh if (chosen or language()) == "zh" else self.en

    def __str__(self) -> str:
        return self.text()


@functools.cache
def _bundle(room: str, chosen: str) -> FluentBundle:
    from fluent.runtime import FluentBundle, FluentResource  # at the first sentence: it brings Babel

    bundle = FluentBundle([chosen], use_isolating=False)
    bundle.add_resource(FluentResource(packaged.text(f"messages/{chosen}/{room}.ftl")))
    return bundle


def _value(value: Any, chosen: str, choosing: bool = True) -> Any:
    """Values as Fluent takes them: whole numbers may choose a plural, all else is text, without separators."""
    if hasattr(value, "text") and callable(value.text):
        return value.text(chosen)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        if not choosing:
            return str(value)
        from fluent.runtime.types import fluent_number

        return fluent_number(value, useGrouping=False)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value) if isinstance(value, set | frozenset) else value
        return _LIST[chosen].join(str(_value(part, chosen, choosing)) for part in parts)
    return str(value)


@functools.lru_cache(maxsize=8192)
def _names(code: str, chosen: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return the values that a sentence names and those that choose between its variants; None where it has none."""
    from fluent.runtime import resolver

    try:
        pattern = _bundle(code.split("-", 1)[0], chosen).get_message(code).value
    except (FileNotFoundError, LookupError):
        return None
    named, choosing = set(), set()
    left: list[Any] = [pattern]
    while left:
        node = left.pop()
        if isinstance(node, resolver.SelectExpression) and isinstance(node.selector, resolver.VariableReference):
            choosing.add(node.selector.id.name)
            left += [variant.value for variant in node.variants]
        elif isinstance(node, resolver.VariableReference):
            named.add(node.id.name)
        elif hasattr(node, "elements") or hasattr(node, "expression"):
            left += getattr(node, "elements", None) or [node.expression]
        elif not isinstance(node, resolver.TextElement | resolver.StringLiteral):
            return None
    return frozenset(named | choosing), frozenset(choosing)


@functools.lru_cache(maxsize=65536)
def _pieces(code: str, chosen: str, fixed: tuple[tuple[str, int | str], ...]) -> list[str]:
    """Return a sentence cut at its values: texts at even places, names of values at odd ones.

    Fluent's resolver is slow and a table says a few sentences many thousand times: it is asked once for each choice.
    """
    bundle, names = _bundle(code.split("-", 1)[0], chosen), _names(code, chosen)
    assert names is not None  # else nobody asks
    pattern = bundle.get_message(code).value
    assert pattern is not None
    marked = {name: f"{_CUT}{name}{_CUT}" for name in names[0]} | {n: _value(v, chosen) for n, v in fixed}
    return str(bundle.format_pattern(pattern, marked)[0]).split(_CUT)


def _quick(code: str, values: Mapping[str, Any], chosen: str) -> str | None:
    """Return a sentence put together from its pieces, or None where only Fluent can."""
    names = _names(code, chosen)
    if names is None or not names[0] <= values.keys():
        return None
    fixed = tuple(sorted((name, values[name]) for name in names[1]))
    if not all(type(value) in (int, str) for _, value in fixed):
        return None
    pieces = _pieces(code, chosen, fixed)
    said = [str(_value(values[p], chosen, False)) if i % 2 else p for i, p in enumerate(pieces)]
    return "".join(said)


def render(code: str, values: Mapping[str, Any], chosen: str | None = None, part: str | None = None) -> str:
    """Put a code with its values into words.

    Parameters
    ----------
    code : str
        ``room-what-happened``; the part before the first hyphen names the file of its sentences.
    values : mapping
        What the sentence names in ``{ $braces }``. Whole numbers may choose a plural; lists are joined.
    chosen : str, optional
        ``"en"`` or ``"zh"``; by default the language in force.
    part : str, optional
        An attribute of the message, such as ``came``, ``needed`` or ``next``.

    Raises
    ------
    KeyError
        There is no sentence of that code, or no such part.
    ValueError
        A value that the sentence names was not given.

    Examples
    --------
    >>> render("errors-no-samples", {"place": "check", "came": "'june.xlsx'"}, "en", "needed")
    'a Samples dataset'
    """
    chosen = chosen or language()
    if part is None and (said := _quick(code, values, chosen)) is not None:
        return said
    try:
        message = _bundle(code.split("-", 1)[0], chosen).get_message(code)
    except (FileNotFoundError, LookupError):
        raise KeyError(f"no sentence for the code {code!r} in {chosen}") from None
    pattern = message.value if part is None else message.attributes.get(part)
    if pattern is None:
        raise KeyError(f"no {part or 'sentence'} for the code {code!r} in {chosen}")
    bundle = _bundle(code.split("-", 1)[0], chosen)
    text, problems = bundle.format_pattern(pattern, {k: _value(v, chosen) for k, v in values.items()})
    if problems:
        raise ValueError(f"sentence {code!r} in {chosen}: {problems[0]}")
    return str(text)


def parts(code: str, chosen: str = "en") -> tuple[str, ...]:
    """Return the named parts of a message, such as ``came``, ``needed`` and ``next``.

    Examples
    --------
    >>> parts("errors-no-samples")
    ('came', 'needed', 'next')
    """
    return tuple(_bundle(code.split("-", 1)[0], chosen).get_message(code).attributes)


def codes(room: str, chosen: str = "en") -> list[str]:
    """Return every code that a room's file of sentences holds, in its order.

    Examples
    --------
    >>> "errors-no-samples" in codes("errors")
    True
    """
    return re.findall(r"(?m)^([a-z][a-z0-9]*(?:-[a-z0-9]+)+) *=", packaged.text(f"messages/{chosen}/{room}.ftl"))


class Note:
    """A remark beside a number: a code with values, compared and hashed as such, said in either language.

    Parameters
    ----------
    code : str
        ``room-what-is-noted``.
    **values
        What the sentence names.

    Examples
    --------
    >>> note = Note("errors-did-you-mean", nearest="weekend")
    >>> note.code, note.text("zh")
    ('errors-did-you-mean', '是否指“weekend”？')
    >>> note == Note("errors-did-you-mean", nearest="weekend")
    True
    """

    __slots__ = ("_hash", "_values", "code")

    def __init__(self, code: str, /, **values: object):
        self.code = code
        self._values = tuple(sorted(values.items())) if len(values) > 1 else tuple(values.items())
        self._hash = 0  # once asked for: tables look the same notes up again and again

    @property
    def values(self) -> dict[str, Any]:
        """The values that the sentence names."""
        return dict(self._values)

    def text(self, chosen: str | None = None) -> str:
        """Return the sentence in one language (by default the one in force)."""
        return render(self.code, self.values, chosen)

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> tuple[Any, ...]:
        return _note, (self.code, self.values)  # hashes of text differ from process to process

    def __repr__(self) -> str:
        told = "".join(f", {name}={value!r}" for name, value in self._values)
        return f"Note({self.code!r}{told})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Note) and (self.code, self._values) == (other.code, other._values)

    def __hash__(self) -> int:
        self._hash = self._hash or hash((self.code, repr(self._values)))
        return self._hash


def _note(code: str, values: dict[str, Any]) -> Note:
    return Note(code, **values)


def join(said: list[Note] | tuple[Note, ...], chosen: str | None = None) -> str:
    """Say several notes in a row, each once.

    Examples
    --------
    >>> join([Note("errors-did-you-mean", nearest="a"), Note("errors-did-you-mean", nearest="a")], "en")
    "Did you mean 'a'?"
    """
    chosen = chosen or language()
    return _SENTENCES[chosen].join(dict.fromkeys(note.text(chosen) for note in said))


def notes(said: list[Note] | tuple[Note, ...]) -> str:
    """Return the codes of several notes for a table's column ``note_codes``: parted by spaces, each once.

    Examples
    --------
    >>> notes([Note("errors-did-you-mean", nearest="a"), Note("errors-did-you-mean", nearest="b")])
    'errors-did-you-mean'
    """
    return " ".join(dict.fromkeys(note.code for note in said))
