"""What changed between two versions of a period, factor by factor and field by field. Pure."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from park_schemas.assessments import FactorAssessment


class Difference(Struct, frozen=True, kw_only=True):
    """One field of one factor; `before` or `after` is None where it was or is absent."""

    factor: str
    field: str
    before: Any
    after: Any


def differences(before: Iterable[FactorAssessment], after: Iterable[FactorAssessment]) -> list[Difference]:
    """Return every field that differs, in the order of factors and fields. A factor that came or went differs in
    its verdict."""
    known = {one.factor: msgspec.structs.asdict(one) for one in before}
    now = {one.factor: msgspec.structs.asdict(one) for one in after}
    return [
        Difference(factor=factor, field=field, before=old.get(field), after=new.get(field))
        for factor in dict.fromkeys([*known, *now])
        for old, new in [(known.get(factor, {}), now.get(factor, {}))]
        for field in dict.fromkeys([*old, *new])
        if field != "factor" and old.get(field) != new.get(field)
    ]
