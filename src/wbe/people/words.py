"""The sentence that stands beside every number of users, as a note and in Chinese and English.

Refuses another language; gives no number of users itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from wbe.errors import Fault, InputError
from wbe.messages import Note, Words

if TYPE_CHECKING:
    from wbe.people.catalogue import UseScenario

__all__ = ["RESTS_ON", "note", "rests_on_scenario", "statement"]

#: the code by which a table says what its numbers of users rest on; without it the disclosure policy hides them
RESTS_ON = "people-rests-on-scenario"
_LANGUAGES = ("zh", "en", "zh+en")
_WINDOWS = {1: "people-window-day", 30: "people-window-month", 365: "people-window-year"}


def note(scenario: UseScenario) -> Note:
    """Return what the interval of a number of users rests on, as a note for a table.

    Examples
    --------
    >>> from wbe.people import scenario
    >>> note(scenario("meth-cn-beijing-2013")).code
    'people-rests-on-scenario'
    """
    low, mid, high = (float(x) for x in scenario.amount_per_user_day.quantile(np.array([0.025, 0.5, 0.975])))
    code = _WINDOWS.get(scenario.window_days)
    return Note(
        RESTS_ON,
        window=Note(code) if code else Note("people-window-days", days=scenario.window_days),
        title=Words(scenario.title_en, scenario.title_zh),
        status=Note(f"people-status-{scenario.status}"),
        amount=f"{mid:.3g} mg ({low:.3g}–{high:.3g})",
    )


def statement(scenario: UseScenario, language: str = "zh+en") -> str:
    """Say in one sentence per language what the interval of a number of users rests on.

    Parameters
    ----------
    scenario : UseScenario
    language : {"zh", "en", "zh+en"}

    Returns
    -------
    str

    Raises
    ------
    InputError
        Another language.

    Examples
    --------
    >>> from wbe.people import scenario
    >>> statement(scenario("meth-cn-beijing-2013"), "en")[:40]
    'Estimated users (in the last year) and t'
    """
    if language not in _LANGUAGES:
        raise InputError([Fault("people-language", came=language, known=_LANGUAGES)])
    said = note(scenario)
    return " ".join(said.text(one) for one in language.split("+"))


def rests_on_scenario(note_codes: str | Iterable[str]) -> bool:
    """Whether the codes of a row's notes say what its number of users rests on.

    Parameters
    ----------
    note_codes : str or iterable of str
        As a table's column ``note_codes`` holds them: parted by spaces.

    Examples
    --------
    >>> rests_on_scenario("people-rests-on-scenario people-amount-outside-band"), rests_on_scenario("")
    (True, False)
    """
    return RESTS_ON in (note_codes.split() if isinstance(note_codes, str) else note_codes)
