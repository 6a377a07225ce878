"""Rounding of values (GB/T 8170-2008 数值修约规则): half to even on the decimal digits, once, never in steps.

Everything is `Decimal`; a float is refused, because 0.15 as a float is not 0.15 and half-even would betray it.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from park_standards.errors import BadValue

_WIDE = Context(prec=60)
# Every finite float has at most 309 digits before the point: what a device can send must round, whatever it is.
_WIDEST = Context(prec=400)


def exact(value: Decimal | int | str) -> Decimal:
    """Return `value` as a finite Decimal. Raises BadValue for floats, NaN, infinities and text that is no number."""
    if isinstance(value, bool | float):
        raise BadValue(f"{value!r} is a {type(value).__name__}; give Decimal, int or decimal text")
    try:
        number = Decimal(value)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise BadValue(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise BadValue(f"{value!r} is not a finite number")
    return number


def round_gb8170(value: Decimal, places: int) -> Decimal:
    """Round to `places` digits after the point (negative: tens, hundreds), half to even. GB/T 8170-2008 3.2.

    `round_gb8170(Decimal("60.5"), 0)` is 60, of 61.5 it is 62. Raises BadValue if `value` is not finite or the result would
    have more than 400 digits.
    """
    number, step = exact(value), Decimal(1).scaleb(-places)
    try:
        return number.quantize(step, rounding=ROUND_HALF_EVEN, context=_WIDE)
    except InvalidOperation:
        try:
            return number.quantize(step, rounding=ROUND_HALF_EVEN, context=_WIDEST)
        except InvalidOperation:
            raise BadValue(f"{number:.3E} has more than 400 digits at {places} decimals") from None


def round_significant(value: Decimal, digits: int) -> Decimal:
    """Round to `digits` significant digits, half to even. Zero stays zero; 9.995 to three is 10.0. GB/T 8170-2008 3.2."""
    if digits < 1:
        raise BadValue(f"significant digits must be 1 or more, not {digits}")
    number = exact(value)
    if number.is_zero():
        return number
    rounded = round_gb8170(number, digits - 1 - number.adjusted())
    # A carry gives a digit more (9.995 -> 10.00): the zero goes, the value stays.
    return round_gb8170(rounded, digits - 1 - rounded.adjusted())


_REPORTED_EXTRA = 6


def round_reported(value: Decimal, places: int) -> Decimal:
    """Round a computed value that others will round or compare again (报出值). GB/T 8170-2008 3.3.2 and 4.3.2.

    Rounding in steps is forbidden: 35.46 passed on as 35.5 would become 36, and 50.04 passed on as 50.0 would keep a limit of
    50. The standard marks such numbers with + or -; here a number that would end in 0 or 5 without being exact keeps more
    digits, six at most (what is left then is noise of the arithmetic): 35.46, 50.04, but 35.4 for 35.43.
    """
    number = exact(value)
    for more in range(_REPORTED_EXTRA + 1):
        rounded = round_gb8170(number, places + more)
        if rounded == number or rounded.as_tuple().digits[-1] % 5:
            return rounded
    return round_gb8170(number, places)


def decimals_of(value: Decimal) -> int:
    """Return how many digits after the point the number is written with: 2 for 0.10, 0 for 50 and for 5E+2."""
    exponent = exact(value).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def plain(value: Decimal) -> str:
    """Return the number as people write it: no exponent, no trailing zeros after the point ("50", "0.25")."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
