"""Errors of the library. All are the caller's or the data's fault; none is worth a retry.

StandardsError
├── BadValue            a number, date or code that is not one
├── UnitMismatch        a value in a unit that has no relation to the wanted one
├── UnknownFactor       a code that no table lists
├── UnknownStandard     a standard, table, class or row that the library does not hold
├── NotComparable       a limit in words, or one that a single number cannot be held against
├── NotEnoughData       fewer valid values than the standard asks for
└── BrokenTable         a packaged file that does not read: a defect of the release
"""

from collections.abc import Sequence


class StandardsError(ValueError):
    """Root of the tree; the text says what, where and why."""


class BadValue(StandardsError):
    """The argument is not a finite number, a date, a code or whatever the function asks for."""


class UnitMismatch(StandardsError):
    """No conversion exists between the two units (other quantity, or a property of the substance is needed)."""

    def __init__(self, unit: str, wanted: str, why: str) -> None:
        super().__init__(f"cannot convert {unit!r} to {wanted!r}: {why}")
        self.unit = unit
        self.wanted = wanted


class UnknownFactor(StandardsError):
    """The factor code or item name is in none of the tables; `nearest` are names that look like it."""

    def __init__(self, code: str, nearest: Sequence[str] = ()) -> None:
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        super().__init__(
            f"factor {code!r} is not in the factor list (HJ 212-2017 appendix B) nor in a limit table{hint}"
        )
        self.code = code


class UnknownStandard(StandardsError):
    """The standard, edition, table or row asked for is not in the packaged data."""


class NotComparable(StandardsError):
    """The limit is words ("no visible emission") or needs more than one number to be judged."""


class NotEnoughData(StandardsError):
    """Too few valid values for the statistic."""

    def __init__(self, what: str, valid: int, needed: int) -> None:
        super().__init__(f"{what}: {valid} valid values, {needed} needed")
        self.valid = valid
        self.needed = needed


class BrokenTable(StandardsError):
    """A packaged table cannot be read: file, row and column are in the text."""
