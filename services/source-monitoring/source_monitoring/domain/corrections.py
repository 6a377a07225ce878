"""A person's correction of one factor's hour, laid over the computed hour. The computed value stays beside it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import msgspec
from park_schemas.assessments import FactorAssessment
from park_standards.rounding import exact
from park_standards.validity import Validity


class CorrectionKind(StrEnum):
    INVALIDATE = "invalidate"
    VALIDATE = "validate"
    REPLACE = "replace"


CORRECTED = "corrected"
"""Reason of an hour that a person ruled invalid."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The correction in force. `value` is decimal text in the point's unit, for `replace` only."""

    correction_id: UUID
    factor: str
    kind: CorrectionKind
    value: str | None = None


def corrected(hour: FactorAssessment, correction: Correction | None) -> FactorAssessment:
    """Return the hour with a correction laid over it; `corrected_from` keeps the mean as it was computed."""
    if correction is None:
        return hour
    changed = _LAY_OVER[correction.kind](hour, correction)
    return msgspec.structs.replace(changed, correction=str(correction.correction_id), corrected_from=hour.mean)


def _invalidate(hour: FactorAssessment, _: Correction) -> FactorAssessment:
    return msgspec.structs.replace(
        hour, valid=False, verdict=Validity.INVALID, reason=CORRECTED, exempt=False, converted_mean=None
    )


def _validate(hour: FactorAssessment, _: Correction) -> FactorAssessment:
    if hour.mean is None:
        return hour
    return msgspec.structs.replace(hour, valid=True, verdict=Validity.VALID, reason="")


def _replace(hour: FactorAssessment, correction: Correction) -> FactorAssessment:
    """The converted mean follows in proportion: the oxygen of the hour does not change."""
    value = correction.value or "0"
    converted = None
    if hour.converted_mean is not None and hour.mean is not None and exact(hour.mean):
        scale = exact(value) / exact(hour.mean)
        converted = f"{(exact(hour.converted_mean) * scale).quantize(Decimal(1).scaleb(-3)):f}"
    return msgspec.structs.replace(
        hour,
        valid=True,
        verdict=Validity.VALID,
        reason="",
        mean=value,
        minimum=None,
        maximum=None,
        converted_mean=converted,
    )


_LAY_OVER: Mapping[CorrectionKind, Callable[[FactorAssessment, Correction], FactorAssessment]] = MappingProxyType(
    {
        CorrectionKind.INVALIDATE: _invalidate,
        CorrectionKind.VALIDATE: _validate,
        CorrectionKind.REPLACE: _replace,
    }
)
