"""What can become of a mark. A mark is set once and never edited; it can be withdrawn until somebody else has decided on it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class MarkState(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class MarkAction(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"


NEXT: Mapping[tuple[MarkState, MarkAction], MarkState] = MappingProxyType(
    {
        (MarkState.SUBMITTED, MarkAction.ACCEPT): MarkState.ACCEPTED,
        (MarkState.SUBMITTED, MarkAction.REJECT): MarkState.REJECTED,
        (MarkState.SUBMITTED, MarkAction.WITHDRAW): MarkState.WITHDRAWN,
    }
)
"""What is absent here is refused. Accepting and rejecting take another person than the author; withdrawing takes
the author's side."""

DECIDES = frozenset({MarkAction.ACCEPT, MarkAction.REJECT})
