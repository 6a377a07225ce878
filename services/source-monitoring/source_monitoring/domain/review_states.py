"""The review of a point's day: four states, one literal table. A rule checks, one person reviews, another one approves.

    raw        hours are coming in; the day is not computed yet
    checked    the day is computed and held against the rules; what they found stands in `issues`
    reviewed   a person has looked at it
    approved   another person has approved it: only now is it final

New contents (late data, a mark, a correction, a replay) make a new version and begin anew; nobody's approval is carried over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class ReviewState(StrEnum):
    RAW = "raw"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    APPROVED = "approved"


class ReviewAction(StrEnum):
    CHANGE = "change"
    """Contents changed: by a rule, never asked for by a person."""
    CHECK = "check"
    """The day was computed and checked by rule."""
    REVIEW = "review"
    APPROVE = "approve"
    RETURN = "return"
    REOPEN = "reopen"


NEXT: Mapping[tuple[ReviewState, ReviewAction], ReviewState] = MappingProxyType(
    {
        (ReviewState.RAW, ReviewAction.CHANGE): ReviewState.RAW,
        (ReviewState.CHECKED, ReviewAction.CHANGE): ReviewState.RAW,
        (ReviewState.REVIEWED, ReviewAction.CHANGE): ReviewState.RAW,
        (ReviewState.APPROVED, ReviewAction.CHANGE): ReviewState.RAW,
        (ReviewState.RAW, ReviewAction.CHECK): ReviewState.CHECKED,
        (ReviewState.CHECKED, ReviewAction.REVIEW): ReviewState.REVIEWED,
        (ReviewState.REVIEWED, ReviewAction.APPROVE): ReviewState.APPROVED,
        (ReviewState.REVIEWED, ReviewAction.RETURN): ReviewState.CHECKED,
        (ReviewState.APPROVED, ReviewAction.REOPEN): ReviewState.CHECKED,
    }
)
"""What is absent here is refused."""

BY_RULE = frozenset({ReviewAction.CHANGE, ReviewAction.CHECK})
NEEDS_REASON = frozenset({ReviewAction.RETURN, ReviewAction.REOPEN})
PERMISSION: Mapping[ReviewAction, str] = MappingProxyType(
    {
        ReviewAction.REVIEW: "data:review",
        ReviewAction.APPROVE: "data:approve",
        ReviewAction.RETURN: "data:approve",
        ReviewAction.REOPEN: "data:approve",
    }
)


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a day. `version` counts the contents that were given to it."""

    state: ReviewState = ReviewState.RAW
    version: int = 1
    reviewed_by: UUID | None = None
    approved_by: UUID | None = None
    approved_version: int | None = None
    """The last version that was ever approved: what was published as final before the present one."""


class Denial(StrEnum):
    """Why a step is refused; the code of the answer."""

    NOT_ALLOWED = "step-not-allowed"
    BY_RULE_ONLY = "by-rule-only"
    SAME_PERSON = "same-person"
    NO_REASON = "reason-missing"
    OLD_VERSION = "version-changed"


def denial(
    review: Review,
    action: ReviewAction,
    actor: UUID | None,
    *,
    version: int | None = None,
    reason: str = "",
    authors: Collection[UUID] = (),
) -> Denial | None:
    """Return why a step may not be taken, None when it may. `actor` None is a rule; `version` the one the person has seen.

    `authors` wrote the corrections in force on that day: they approve it as little as its reviewer does.
    """
    if (actor is None) is not (action in BY_RULE):
        return Denial.BY_RULE_ONLY
    if (review.state, action) not in NEXT:
        return Denial.NOT_ALLOWED
    if version is not None and version != review.version:
        return Denial.OLD_VERSION
    if action is ReviewAction.APPROVE and (actor == review.reviewed_by or actor in authors):
        return Denial.SAME_PERSON
    if action in NEEDS_REASON and not reason.strip():
        return Denial.NO_REASON
    return None


def after(review: Review, action: ReviewAction, actor: UUID | None) -> Review:
    """Return the review after a step that `denial` allows. Raises KeyError for a step that the table does not hold."""
    state = NEXT[review.state, action]
    version = review.version + (action is ReviewAction.CHANGE and review.state is not ReviewState.RAW)
    if action is ReviewAction.REVIEW:
        return Review(state, version, actor, None, review.approved_version)
    if action is ReviewAction.APPROVE:
        return Review(state, version, review.reviewed_by, actor, version)
    return Review(state, version, None, None, review.approved_version)


def allowed(
    review: Review, actor: UUID, permissions: Collection[str], authors: Collection[UUID] = ()
) -> list[ReviewAction]:
    """Return the steps a person may take now, in the order of the table."""
    return [
        action
        for action, permission in PERMISSION.items()
        if permission in permissions and denial(review, action, actor, reason="later", authors=authors) is None
    ]
