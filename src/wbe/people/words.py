"""The sentence that stands beside every number of users, in Chinese and English.

Refuses another language; gives no number of users itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wbe.errors import WbeError

if TYPE_CHECKING:
    from wbe.people.catalogue import UseScenario

# A reader of the sentence, or the disclosure room, can tell by these that a number of users is not alone.
MARKS = {"en": "rest on the use scenario", "zh": "取决于使用情景"}

_WINDOW = {1: ("on a given day", "当日"), 30: ("in the last month", "近一个月"), 365: ("in the last year", "近一年")}
_STATUS_ZH = {"verified": "已核实", "derived": "由文献推算", "memory": "未核实", "user": "用户提供"}


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
    WbeError
        Another language.
    """
    low, mid, high = (float(x) for x in scenario.amount_per_user_day.quantile(np.array([0.025, 0.5, 0.975])))
    amount = f"{mid:.3g} mg ({low:.3g}–{high:.3g})"
    en_window, zh_window = _WINDOW.get(
        scenario.window_days, (f"in {scenario.window_days} days", f"近{scenario.window_days}天")
    )
    status = _STATUS_ZH.get(scenario.status, scenario.status)
    en = (
        f"Estimated users ({en_window}) and their interval {MARKS['en']} '{scenario.title_en}' "
        f"(status: {scenario.status}), {amount} of pure drug per user and day, because sewage fixes only the product "
        "of users and amount per user."
    )
    zh = (
        f"估计使用人数（{zh_window}使用过者）及其区间{MARKS['zh']}“{scenario.title_zh}”（{status}）："
        f"每名使用者每日纯量 {amount}；污水负荷只能确定“人数×人均用量”的乘积。"
    )
    texts = {"en": en, "zh": zh, "zh+en": f"{zh} {en}"}
    if language not in texts:
        raise WbeError(f"language: got {language!r}; needed one of {', '.join(texts)}.")
    return texts[language]


def stated(text: str) -> bool:
    """Whether a text says what a number of users rests on.

    Examples
    --------
    >>> stated("about 200 users")
    False
    """
    return any(mark in text for mark in MARKS.values())
