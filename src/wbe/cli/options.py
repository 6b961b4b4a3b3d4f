"""Options that several commands share, and what they refuse before anything is read.

Refuses a value that could only fail after minutes of reading: profile, population, month, edition and output first.
"""

from __future__ import annotations

import io
import math
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wbe.errors import Fault, InputError, one_of
from wbe.exchange.outputs import destination, ready
from wbe.messages import LANGUAGES, Words

if TYPE_CHECKING:
    import pandas as pd

    from wbe.disclosure import Policy
    from wbe.factors.profile_types import Profile

__all__ = [
    "AdmitOption",
    "DespiteOption",
    "FactorsOption",
    "LanguageOption",
    "LevelOption",
    "MobileOption",
    "PathArgument",
    "PolicyOption",
    "PopulationOption",
    "SeedOption",
    "TableOption",
    "TomlOption",
    "counts_of",
    "edition_of",
    "known_language",
    "known_level",
    "known_month",
    "known_population",
    "levels_of",
    "profile_of",
    "read_toml",
    "table_at",
]

#: what the ends of names promise that no CSV keeps
_NO_CSV = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".nc", ".zarr", ".parquet", ".html", ".pdf", ".docx")

PathArgument = Annotated[str, typer.Argument(help="cli-option-path", metavar="PATH")]
FactorsOption = Annotated[str, typer.Option("--factors", help="cli-option-factors")]
PopulationOption = Annotated[str, typer.Option("--population", help="cli-option-population")]
MobileOption = Annotated[Path | None, typer.Option("--mobile", help="cli-option-mobile")]
SeedOption = Annotated[int, typer.Option("--seed", help="cli-option-seed", min=0, max=2**63 - 1)]
LevelOption = Annotated[float, typer.Option("--level", help="cli-option-level")]
PolicyOption = Annotated[str, typer.Option("--policy", help="cli-option-policy")]
AdmitOption = Annotated[list[str] | None, typer.Option("--admit", help="cli-option-admit")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="cli-option-language")]
TomlOption = Annotated[Path | None, typer.Option("-o", "--output", help="cli-option-mapping")]
TableOption = Annotated[Path | None, typer.Option("-o", "--output", help="cli-option-table")]
DespiteOption = Annotated[bool, typer.Option("--despite-errors", help="cli-option-despite-errors")]


def known_language(language: str | None) -> None:
    """Refuse a language that no sentence is in.

    Raises
    ------
    InputError
    """
    if language is not None and language not in LANGUAGES:
        raise InputError([Fault("cli-language", language=language)])


def known_month(month: str) -> str:
    """Return a month written ``YYYY-MM``.

    Raises
    ------
    InputError

    Examples
    --------
    >>> known_month("2021-06")
    '2021-06'
    """
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise InputError([Fault("reporting-month", month=month)])
    return month


def known_level(level: float) -> float:
    """Return a probability between 0 and 1, both excluded.

    Raises
    ------
    InputError
    """
    if not (math.isfinite(level) and 0 < level < 1):
        raise InputError([Fault("cli-level", level=level)])
    return level


def known_population(method: str) -> str:
    """Return a method of population, or an ensemble of named ones.

    Raises
    ------
    UnknownName
    """
    from wbe.population import methods

    first, sign, of = method.partition(":")
    for name in [first, *(of.split("+") if sign else ())]:
        one_of(name.strip(), methods(), Words("population", "人口口径"))
    return method


def profile_of(factors: str) -> Profile:
    """Return a profile by name, or the default one under a file of own claims.

    Raises
    ------
    FactorError, UnknownName, InputError
    """
    from wbe.factors import profile

    if factors.lower().endswith((".csv", ".toml")):
        return profile("default", overlay=Path(factors))
    return profile(factors)


def counts_of(path: Path | None) -> pd.DataFrame | None:
    """Read a table of mobile counts.

    Raises
    ------
    InputError
    """
    if path is None:
        return None
    import pandas as pd

    from wbe.reading.opening.text import decode

    try:
        return pd.read_csv(io.StringIO(decode(path.read_bytes(), path.name)[0]))
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as err:
        raise InputError([Fault("cli-no-counts", file=str(path))]) from err


def edition_of(name: str, admit: list[str] | None) -> Policy:
    """Return an edition by name, with the institutions that somebody answers for.

    Raises
    ------
    InputError, UnknownName, DisclosureError
    """
    from wbe.disclosure import Policy

    policy = Policy.named(name)
    for text in admit or []:
        site, sign, reason = text.partition("=")
        if not sign:
            raise InputError([Fault("cli-admit", text=text)])
        policy = policy.with_override(site.strip(), reason)
    return policy


def levels_of(given: list[str]) -> dict[str, float]:
    """Read consumptions that matter, written ``drug=number``.

    Raises
    ------
    InputError

    Examples
    --------
    >>> levels_of(["methamphetamine=50"])
    {'methamphetamine': 50.0}
    """
    levels = {}
    for text in given:
        drug, _, number = text.partition("=")
        try:
            levels[drug.strip()] = float(number)
        except ValueError as err:
            raise InputError([Fault("cli-above", text=text)]) from err
    return levels


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of the user's own.

    Raises
    ------
    InputError
        No TOML: wrong grammar, no UTF-8, nested beyond reason, or a number of thousands of digits.
    OSError
    """
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, ValueError) as err:
        raise InputError([Fault("cli-no-toml", said=str(err), file=str(path))]) from err


def table_at(output: Path | None) -> None:
    """Refuse a place where no table can be written, and a name that promises another kind of file.

    Raises
    ------
    InputError
        ``-``, or a name that ends as a workbook's does.
    OSError
        Nothing could be written there.
    """
    if output is None:
        return
    if output.name == "-":
        raise InputError([Fault("cli-output-dash")])
    if output.suffix.lower() in _NO_CSV:
        raise InputError([Fault("cli-output-kind", output=str(output), suffix=output.suffix, stem=output.stem)])
    ready(destination(output))
