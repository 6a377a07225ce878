"""The review of a day as a state machine: any order of steps by any persons keeps the promises of the four states."""

from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from source_monitoring.domain.review_states import (
    BY_RULE,
    NEEDS_REASON,
    NEXT,
    PERMISSION,
    Denial,
    Review,
    ReviewAction,
    ReviewState,
    after,
    allowed,
    denial,
)

PERSONS = [UUID(int=number) for number in range(1, 4)]
EVERYTHING = frozenset(PERMISSION.values())


class ReviewMachine(RuleBasedStateMachine):
    """The model: who last reviewed and approved which contents, kept apart from the code under test."""

    def __init__(self) -> None:
        super().__init__()
        self.review = Review()
        self.contents = 1
        self.reviewer: UUID | None = None
        self.approved: tuple[int, UUID, UUID] | None = None
        self.final: int | None = None

    @rule()
    def data_change(self) -> None:
        state = self.review.state
        assert denial(self.review, ReviewAction.CHANGE, None) is None
        self.review = after(self.review, ReviewAction.CHANGE, None)
        self.contents += state is not ReviewState.RAW
        self.reviewer = self.approved = None
        assert self.review.state is ReviewState.RAW

    @rule()
    def day_computed(self) -> None:
        if denial(self.review, ReviewAction.CHECK, None) is None:
            assert self.review.state is ReviewState.RAW
            self.review = after(self.review, ReviewAction.CHECK, None)
            self.reviewer = self.approved = None

    @rule(
        action=st.sampled_from(list(ReviewAction)),
        person=st.sampled_from(PERSONS),
        seen=st.sampled_from([0, -1]),
        reason=st.sampled_from(["", "because"]),
        author=st.sampled_from([None, *PERSONS]),
    )
    def person_steps(self, action: ReviewAction, person: UUID, seen: int, reason: str, author: UUID | None) -> None:
        authors = frozenset({author} if author else ())
        before = self.review
        why_not = denial(before, action, person, version=before.version + seen, reason=reason, authors=authors)
        if why_not is not None:
            return
        assert action not in BY_RULE
        assert seen == 0
        assert reason or action not in NEEDS_REASON
        self.review = after(before, action, person)
        if action is ReviewAction.REVIEW:
            self.reviewer = person
        elif action is ReviewAction.APPROVE:
            assert self.reviewer is not None
            assert person not in {self.reviewer, author}
            self.approved = (self.contents, self.reviewer, person)
            self.final = self.contents
        else:
            self.reviewer = self.approved = None

    @invariant()
    def the_state_says_what_happened(self) -> None:
        assert self.review.version == self.contents
        assert (self.review.state is ReviewState.APPROVED) is (self.approved is not None)
        if self.review.state in {ReviewState.REVIEWED, ReviewState.APPROVED}:
            assert self.review.reviewed_by == self.reviewer
        else:
            assert self.review.reviewed_by is None
        assert self.review.approved_by == (self.approved[2] if self.approved else None)
        assert self.review.approved_version == self.final

    @invariant()
    def two_different_persons_stand_behind_what_is_final(self) -> None:
        if self.review.state is ReviewState.APPROVED:
            assert self.review.approved_by is not None
            assert self.review.approved_by != self.review.reviewed_by

    @invariant()
    def what_is_offered_can_be_taken(self) -> None:
        for person in PERSONS:
            for action in allowed(self.review, person, EVERYTHING):
                assert denial(self.review, action, person, version=self.review.version, reason="x") is None
            assert allowed(self.review, person, frozenset()) == []


TestReviewMachine = ReviewMachine.TestCase


@pytest.mark.parametrize("state", list(ReviewState))
@pytest.mark.parametrize("action", list(ReviewAction))
def test_what_the_table_does_not_hold_is_refused(state: ReviewState, action: ReviewAction) -> None:
    review = Review(state, 3, PERSONS[0] if state in {ReviewState.REVIEWED, ReviewState.APPROVED} else None)
    actor = None if action in BY_RULE else PERSONS[1]
    refused = denial(review, action, actor, version=3, reason="why")
    assert (refused is None) is ((state, action) in NEXT)
    if (state, action) not in NEXT:
        assert refused is Denial.NOT_ALLOWED
        with pytest.raises(KeyError):
            after(review, action, actor)


def test_a_rule_s_step_is_not_a_person_s_and_the_other_way_round() -> None:
    assert denial(Review(), ReviewAction.CHECK, PERSONS[0]) is Denial.BY_RULE_ONLY
    assert denial(Review(ReviewState.CHECKED), ReviewAction.REVIEW, None) is Denial.BY_RULE_ONLY


def test_every_step_of_a_person_has_its_permission() -> None:
    assert set(PERMISSION) == set(ReviewAction) - BY_RULE


def test_who_reviewed_or_corrected_does_not_approve() -> None:
    reviewed = Review(ReviewState.REVIEWED, 1, PERSONS[0])
    assert denial(reviewed, ReviewAction.APPROVE, PERSONS[0]) is Denial.SAME_PERSON
    assert denial(reviewed, ReviewAction.APPROVE, PERSONS[1], authors={PERSONS[1]}) is Denial.SAME_PERSON
    assert denial(reviewed, ReviewAction.APPROVE, PERSONS[1]) is None
