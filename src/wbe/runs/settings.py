"""What a project has decided once: where its data are, how it estimates, and who gets which edition (``wbe.toml``).

Refuses an unknown key, a wrong type and a value that no month could be run with: all at once, each with its path.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cattrs

from wbe.errors import Fault, InputError
from wbe.factors.declared import check_shape
from wbe.reporting.document import FORMATS as KNOWN
from wbe.reporting.document import Letterhead
from wbe.reporting.measures import Measure

__all__ = ["Edition", "Settings", "read_settings"]

FORMATS = ("html", "xlsx", "csv")  # what an edition gets unless it says otherwise
LANGUAGES = ("zh", "en", "zh+en")
POLICIES = ("internal", "public")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
_NAME = re.compile(r"[^\x00-\x1f/\\:*?\"<>|.][^\x00-\x1f/\\:*?\"<>|]*")


@dataclass(frozen=True)
class Edition:
    """What one circle of recipients gets of every month."""

    name: str
    policy: str = "internal"
    language: str = "zh+en"
    formats: tuple[str, ...] = FORMATS
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """The content of ``wbe.toml``; paths are relative to its folder."""

    title: str = ""
    data: str = "data"
    mapping: str = ""
    rules: str = ""
    first_month: str = ""
    last_month: str = ""
    factors: str = "default"
    population: str = "reported"
    mobile: str = ""
    scenarios: tuple[str, ...] = ("default",)
    level: float = 0.95
    seed: float = 20210624.0
    admit: dict[str, str] = field(default_factory=dict)
    report: Letterhead = field(default_factory=Letterhead)
    measure: tuple[Measure, ...] = ()
    edition: tuple[Edition, ...] = (Edition("internal"),)


def read_settings(path: Path) -> Settings:
    """Read and check ``wbe.toml``.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Settings

    Raises
    ------
    InputError
        No TOML, or values that no run could use.
    FactorError
        Unknown keys and wrong types, each with its path.
    OSError
    """
    try:
        content: dict[str, Any] = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, RecursionError, ValueError) as err:
        raise InputError([Fault("runs-no-toml", said=str(err), file=str(path))]) from err
    check_shape(content, Settings, path.name)
    settings = cattrs.structure(content, Settings)
    faults = list(_faults(settings, path.name))
    if faults:
        raise InputError(faults)
    return settings


def _faults(settings: Settings, file: str) -> list[Fault]:
    """Every value that no run could use."""
    faults = []

    def refuse(key: str, value: object, wanted: object) -> None:
        faults.append(Fault("runs-setting", key=key, value=value, wanted=wanted, file=file))

    for key in ("first_month", "last_month"):
        month = getattr(settings, key)
        if month and not _MONTH.fullmatch(month):
            refuse(key, month, "YYYY-MM")
    if not 0 < settings.level < 1:
        refuse("level", settings.level, "0 < level < 1")
    if not (settings.seed.is_integer() and 0 <= settings.seed < 2**53):
        refuse("seed", settings.seed, "0 ... 2^53")
    if not settings.edition:
        refuse("edition", "[]", "[[edition]] name = ...")
    for i, edition in enumerate(settings.edition, start=1):
        at = f"edition[{i}]"
        if not _NAME.fullmatch(edition.name) or edition.name != edition.name.strip():
            refuse(f"{at}.name", edition.name, "internal, public, 公安, ...")
        choices = [("policy", edition.policy, POLICIES), ("language", edition.language, LANGUAGES)]
        for key, value, known in [*choices, *(("formats", one, KNOWN) for one in edition.formats)]:
            if value not in known:
                refuse(f"{at}.{key}", value, list(known))
    faults += _measures(settings, file)
    names = [edition.name for edition in settings.edition]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(Fault("runs-edition-twice", name=name, file=file))
    return faults


def _measures(settings: Settings, file: str) -> list[Fault]:
    """Every measure that cannot be."""
    wrong: list[tuple[str, object, str]] = []
    for i, measure in enumerate(settings.measure, start=1):
        for key, value in (("start", measure.start), ("end", measure.end or measure.start)):
            if not _DAY.fullmatch(value):
                wrong.append((f"measure[{i}].{key}", value, "YYYY-MM, YYYY-MM-DD"))
        if measure.end and measure.end[:7] < measure.start[:7]:
            wrong.append((f"measure[{i}].end", measure.end, f">= {measure.start}"))
        for key, count in (("before", measure.before), ("after", measure.after)):
            if count < 1:
                wrong.append((f"measure[{i}].{key}", count, ">= 1"))
    return [Fault("runs-setting", key=key, value=value, wanted=wanted, file=file) for key, value, wanted in wrong]
