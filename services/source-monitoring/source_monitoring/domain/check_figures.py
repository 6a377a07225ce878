"""The drift of a check from what the instrument read and what it should have read. Pure.

gas, particulate, flow    (measured - reference) / full scale x 100 %      (HJ 75-2017, drift is given in % F.S.)
water analyser            (measured - reference) / reference x 100 %       (HJ 355-2019, standard sample)
flow, beside that         measured - reference, m/s
"""

from decimal import Decimal

from park_standards.errors import BadValue
from park_standards.rounding import exact

_PLACES = Decimal("0.0001")
_OF_REFERENCE = frozenset({"water analyser"})
_ABSOLUTE = frozenset({"flow"})


def drift_of(
    monitor: str, reference: Decimal, measured: Decimal, full_scale: Decimal | None
) -> tuple[Decimal, Decimal | None]:
    """Return (drift in %, absolute drift in m/s or None), signed, to four places. Raises BadValue when what it is a share of
    is absent or not above 0."""
    base = reference if monitor in _OF_REFERENCE else full_scale
    if base is None or base <= 0:
        raise BadValue("the reference of a water analyser, else the full scale, has to be a number above 0")
    difference = exact(measured) - exact(reference)
    drift = (difference / exact(base) * 100).quantize(_PLACES)
    return drift, difference if monitor in _ABSOLUTE else None
