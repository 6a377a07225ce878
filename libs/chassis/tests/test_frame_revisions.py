"""Numbers come back as sent; repetitions and splits end in the same state."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.frame_revisions import Entry, Frame, entry_of, revise

POINT = UUID(int=1)
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


def frame(**values: str) -> Frame:
    entries = {(name, "Rtd"): entry_of(text, "N") for name, text in values.items()}
    return Frame(
        mn="M", command="2011", data_time=AT, point_id=POINT, period="realtime", received_at=AT, event_id=uuid4(), entries=entries
    )  # fmt: skip


def state_after(frames: list[Frame]) -> list[Frame]:
    """Return the revisions that a sequence of frames under one key leaves."""
    revisions: list[Frame] = []
    for one in frames:
        if not revisions:
            revisions.append(one)
        elif outcome := revise(revisions, one):
            revisions.append(outcome[0])
    return revisions


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?", fullmatch=True))
def test_a_number_of_up_to_15_digits_comes_back_as_sent_without_a_spelling(text: str) -> None:
    entry = entry_of(text, None)
    assert entry.text == text
    assert entry.spelling is None
    assert entry.value == float(text)


@given(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=40))
def test_any_text_comes_back_as_sent(text: str) -> None:
    assert entry_of(text, None).text == text


@pytest.mark.parametrize("text", ["007.1", "+5", ".5", "5.", "1234567890.123456789"])
def test_an_unusual_spelling_of_a_number_is_a_number_and_keeps_its_spelling(text: str) -> None:
    entry = entry_of(text, None)
    assert entry.value == float(text)
    assert entry.text == text


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1_000", "1e5", " 12", "St", "12,5", "1e999"])
def test_what_hj_212_does_not_call_a_number_has_no_value_but_is_kept(text: str) -> None:
    assert entry_of(text, "D") == Entry(None, None, "D", text)


def test_a_nul_that_no_database_text_can_hold_becomes_its_picture() -> None:
    assert entry_of("1\0", None).text == "1␀"


def test_an_empty_value_is_absent_and_its_mark_is_kept() -> None:
    assert entry_of("", "D") == Entry(None, None, "D")
    assert entry_of(None, "D").text is None


def test_the_same_again_is_no_revision() -> None:
    assert revise([frame(a="1.0")], frame(a="1.0")) is None


def test_a_part_of_what_was_said_is_no_revision() -> None:
    assert revise([frame(a="1", b="2")], frame(b="2")) is None


def test_a_different_spelling_of_a_number_is_a_revision() -> None:
    assert revise([frame(a="1.0")], frame(a="1.00")) is not None


def test_other_factors_under_the_same_key_are_united_and_only_they_are_fresh() -> None:
    outcome = revise([frame(a="1")], frame(b="2"))
    assert outcome is not None
    merged, fresh = outcome
    assert {key[0]: entry.text for key, entry in merged.entries.items()} == {"a": "1", "b": "2"}
    assert merged.revision == 2
    assert fresh == {("b", "Rtd")}


def test_a_corrected_value_replaces_the_old_one_in_the_next_revision() -> None:
    outcome = revise([frame(a="1", b="2")], frame(a="9", b="2"))
    assert outcome is not None
    assert {key[0]: entry.text for key, entry in outcome[0].entries.items()} == {"a": "9", "b": "2"}
    assert outcome[1] == {("a", "Rtd")}


frames = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2", "3"]), min_size=1).map(
        lambda values: frame(**values)
    ),
    min_size=1,
    max_size=6,
)


@given(frames, st.data())
def test_any_repetition_of_what_was_received_gives_the_same_state(received: list[Frame], data: st.DataObject) -> None:
    repeated = list(received)
    for _ in range(data.draw(st.integers(0, 6))):
        source = data.draw(st.integers(0, len(repeated) - 1))
        repeated.insert(data.draw(st.integers(source + 1, len(repeated))), repeated[source])
    assert state_after(repeated) == state_after(received)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["1", "2"]), min_size=1), st.data())
def test_any_split_in_any_order_unites_to_the_same_frame(values: dict[str, str], data: st.DataObject) -> None:
    parts: dict[int, dict[str, str]] = {}
    for name, text in values.items():
        parts.setdefault(data.draw(st.integers(0, 3)), {})[name] = text
    order = data.draw(st.permutations([frame(**part) for part in parts.values()]))
    assert dict(state_after(list(order))[-1].entries) == dict(frame(**values).entries)
