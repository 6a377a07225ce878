"""The result of a laboratory as it is written: a number, or below the detection limit in the usual spellings.

Chinese laboratories write "0.004L" for below the detection limit 0.004 (HJ 91.1 and HJ 164: 检出限+L), others "<0.004", "ND"
or 未检出. Items judged by eye or nose are 有 / 无.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from park_chassis.sheets.problems import BadCell

_NOT_DETECTED = frozenset({"nd", "未检出", "n.d.", "无", "none", "no"})
_PRESENT = frozenset({"有", "present", "yes"})
_MOST_DIGITS = 15
"""Before and after the point: no laboratory writes more, and exact arithmetic stays small."""
_BELOW = re.compile(r"(?:<|＜|〈)\s*([0-9.eE+-]+)|([0-9.eE+-]+)\s*[LＬ]")


@dataclass(frozen=True, slots=True)
class Measured:
    """`value` is None when not detected (or only said to be there); `detection_limit` in the same unit, None when not given."""

    text: str
    value: Decimal | None
    detected: bool
    detection_limit: Decimal | None = None


def measured(text: str, detection_limit: Decimal | None, *, sensory: bool) -> Measured:
    """Read a result. Raises BadCell for what is none, or contradicts the detection limit given beside it."""
    plain = text.strip()
    folded = plain.casefold()
    if sensory:
        return _sensory(plain, folded)
    below = _BELOW.fullmatch(plain)
    if below is not None:
        limit = _number(below[1] or below[2])
        if detection_limit is not None and detection_limit != limit:
            raise BadCell(
                f"与检出限 {detection_limit} 不一致", f"differs from the detection limit {detection_limit} given"
            )
        return Measured(plain, None, False, _positive(limit))
    if folded in _NOT_DETECTED:
        if detection_limit is None:
            raise BadCell("未检出时须给出检出限", "not detected: the detection limit has to be given")
        return Measured(plain, None, False, detection_limit)
    value = _number(plain)
    if detection_limit is not None and value < detection_limit:
        raise BadCell(
            f"低于检出限 {detection_limit}，应写作 {detection_limit}L",
            f"lies below the detection limit {detection_limit}: write <{detection_limit}",
        )
    return Measured(plain, value, True, detection_limit)


def _sensory(plain: str, folded: str) -> Measured:
    if folded in _NOT_DETECTED:
        return Measured(plain, None, False)
    if folded in _PRESENT:
        return Measured(plain, None, True)
    raise BadCell("应为 有 或 无", "must be 有 (present) or 无 (none)")


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise BadCell(
            "不是数字，低于检出限写作 0.004L 或 <0.004",
            "is not a number; below the detection limit write <0.004 or 0.004L",
        ) from None
    if not value.is_finite():
        raise BadCell("不是有限数", "is not a finite number")
    if value.adjusted() > _MOST_DIGITS or value.as_tuple().exponent < -_MOST_DIGITS:  # type: ignore[operator]
        raise BadCell("位数过多", "has more digits than any measurement")
    return value


def _positive(limit: Decimal) -> Decimal:
    if limit <= 0:
        raise BadCell("检出限应大于0", "a detection limit must be above 0")
    return limit
