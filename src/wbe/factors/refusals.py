"""Refusals with several faults: each a code with values, all told at once, in either language.

Refuses to raise for nothing: without a fault there is no error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from wbe.errors import FactorError
from wbe.messages import Note

__all__ = ["FactorFaults", "refuse", "refuse_all"]


class FactorFaults(FactorError):
    """Several faults in claims, profiles or tables; ``faults`` lists all of them as notes.

    Examples
    --------
    >>> error = FactorFaults([Note("factors-one-profile"), Note("factors-no-answer")])
    >>> error.codes
    ['factors-one-profile', 'factors-no-answer']
    >>> len(str(error).splitlines())
    2
    """

    def __init__(self, faults: Sequence[Note]):
        super().__init__(faults[0].code)
        self.faults = list(faults)

    @property
    def codes(self) -> list[str]:
        """The code of each fault: what a program may decide by."""
        return [fault.code for fault in self.faults]

    def text(self, language: str | None = None) -> str:
        """Return every fault on a line of its own."""
        return "\n".join(fault.text(language) for fault in self.faults)


def refuse(code: str, /, **values: object) -> NoReturn:
    """Raise one fault.

    Raises
    ------
    FactorError
        Always.
    """
    raise FactorFaults([Note(code, **values)])


def refuse_all(faults: Sequence[Note]) -> None:
    """Raise all faults at once, if there are any.

    Raises
    ------
    FactorError
        There is a fault.

    Examples
    --------
    >>> refuse_all([])
    """
    if faults:
        raise FactorFaults(faults)
