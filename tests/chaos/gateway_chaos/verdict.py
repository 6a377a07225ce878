"""The promises, held against the books and what was found. Each check returns what breaks it, in words.

Where each promise holds:
- acknowledged is a subset of stored, stored a subset of sent: on the topic and in the readings store;
- nothing twice: in the readings store, always. On the topic a frame stands at most once for each time it was sent, and one event
  (one ce_id) twice only where the idempotent producer cannot help: the gateway was killed while it replayed a segment of its
  spool, or the broker while a batch was on its way;
- order: a frame answered before another of its device was sent stands before it, always. What a resending device sends without
  waiting keeps its order too, unless the gateway was killed or ended.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway_chaos.books import Books, Key, SentFrame
from gateway_chaos.findings_of_fact import Evidence, Kept, Published
from gateway_chaos.schedule import Deed, Schedule, Victim

_MOST_NAMED = 3


@dataclass(frozen=True)
class Found:
    """Everything that was read after healing."""

    published: Sequence[Published]
    kept: Sequence[Kept]
    evidence: Evidence


def violations(schedule: Schedule, books: Books, found: Found) -> list[str]:
    """Return every promise that was broken; empty when all hold."""
    by_body = {frame.body: frame for frame in books.frames.values()}
    first_place = _first_places(found.published, by_body)
    gateway_ended = schedule.did(Victim.GATEWAY, Deed.KILL, Deed.RESTART)
    checks: list[Iterator[str]] = [
        iter(books.complaints),
        _every_answered_frame_is_published(books, first_place),
        _nothing_is_published_that_was_not_sent(found.published, by_body),
        _no_more_events_than_sends(found.published, by_body),
        _answered_before_sent_stands_before(books, first_place),
        _store_holds_each_published_frame_once(books, found.kept, first_place),
        _evidence_proves_itself(books, found.evidence),
    ]
    if not gateway_ended:
        checks.append(_pipelined_frames_keep_their_order(books, first_place))
        checks.append(_evidence_is_complete(books, found.evidence))
    if not (schedule.did(Victim.GATEWAY, Deed.KILL, Deed.RESTART) or schedule.did(Victim.BROKER, Deed.KILL)):
        checks.append(_no_event_twice(found.published))
    return [violation for check in checks for violation in _shortened(list(check))]


def event_repeats(published: Sequence[Published]) -> int:
    """Return how many records repeat an event that is already there."""
    return len(published) - len({record.event_id for record in published})


def frame_repeats(published: Sequence[Published]) -> int:
    """Return how many records repeat a frame that is already there."""
    return len(published) - len({(record.mn, record.body) for record in published})


def _shortened(found: list[str]) -> list[str]:
    return (
        found
        if len(found) <= _MOST_NAMED
        else [*found[:_MOST_NAMED], f"... and {len(found) - _MOST_NAMED} more like it"]
    )


def _first_places(published: Sequence[Published], by_body: dict[bytes, SentFrame]) -> dict[Key, int]:
    places: dict[Key, int] = {}
    for place, record in enumerate(published):
        if (frame := by_body.get(record.body)) is not None:
            places.setdefault(frame.key, place)
    return places


def _every_answered_frame_is_published(books: Books, places: dict[Key, int]) -> Iterator[str]:
    for frame in books.frames.values():
        if frame.answered is not None and frame.key not in places:
            yield f"LOST: {frame.mn} frame {frame.number} was answered and is not on the topic"


def _nothing_is_published_that_was_not_sent(
    published: Sequence[Published], by_body: dict[bytes, SentFrame]
) -> Iterator[str]:
    for record in published:
        frame = by_body.get(record.body)
        if frame is None or frame.mn != record.mn:
            yield f"INVENTED: {record.mn} has a record nobody sent: {record.body[:60]!r}"
        elif not frame.whole_sends:
            yield f"INVENTED: {record.mn} frame {frame.number} was only ever sent torn, and is on the topic"


def _no_more_events_than_sends(published: Sequence[Published], by_body: dict[bytes, SentFrame]) -> Iterator[str]:
    events: defaultdict[bytes, set[str]] = defaultdict(set)
    for record in published:
        events[record.body].add(record.event_id)
    for body, ids in events.items():
        if (frame := by_body.get(body)) is not None and len(ids) > frame.whole_sends:
            yield f"TWICE: {frame.mn} frame {frame.number} was sent {frame.whole_sends} times and made {len(ids)} events"


def _no_event_twice(published: Sequence[Published]) -> Iterator[str]:
    for event_id, times in Counter(record.event_id for record in published).items():
        if times > 1:
            yield f"TWICE: event {event_id} stands {times} times on the topic though nobody was killed"


def _answered_before_sent_stands_before(books: Books, places: dict[Key, int]) -> Iterator[str]:
    for mn, frames in _by_device(books).items():
        steps: list[tuple[int, bool, SentFrame]] = [(frame.first_sent, True, frame) for frame in frames]
        steps += [(frame.answered, False, frame) for frame in frames if frame.answered is not None]
        last_answered = -1
        for _, is_send, frame in sorted(steps, key=lambda step: step[0]):
            place = places.get(frame.key)
            if place is None:
                continue
            if not is_send:
                last_answered = max(last_answered, place)
            elif place < last_answered:
                yield f"ORDER: {mn} frame {frame.number} stands before one that was answered before it was sent"


def _pipelined_frames_keep_their_order(books: Books, places: dict[Key, int]) -> Iterator[str]:
    for mn, frames in _by_device(books).items():
        there = [frame for frame in frames if frame.resends and frame.key in places]
        for before, after in pairwise(there):
            if places[before.key] > places[after.key]:
                yield f"ORDER: {mn} frame {after.number} stands before frame {before.number} though no gateway ended"


def _store_holds_each_published_frame_once(books: Books, rows: Sequence[Kept], places: dict[Key, int]) -> Iterator[str]:
    frames = {(frame.mn, frame.number): frame for frame in books.frames.values()}
    times = Counter((row.mn, row.number) for row in rows)
    for (mn, number), count in times.items():
        if (mn, number) not in frames:
            yield f"INVENTED: {mn} frame {number} is in the readings store and was never sent"
        elif count > 1:
            yield f"TWICE: {mn} frame {number} is {count} times in the readings store"
    for key, frame in ((frame.key, frame) for frame in frames.values()):
        if key in places and (frame.mn, frame.number) not in times:
            yield f"LOST: {frame.mn} frame {frame.number} is on the topic and not in the readings store"


def _evidence_proves_itself(books: Books, evidence: Evidence) -> Iterator[str]:
    if evidence.fault is not None:
        yield f"EVIDENCE: the chain is broken: {evidence.fault}"
    bodies = {frame.body for frame in books.frames.values()}
    for raw in set(evidence.received) - bodies:
        if not any(whole.startswith(raw) for whole in bodies):  # the beginning of a torn frame is kept too
            yield f"EVIDENCE: bytes nobody sent: {raw[:80]!r}"


def _evidence_is_complete(books: Books, evidence: Evidence) -> Iterator[str]:
    if evidence.missing:
        return  # counted in the chain itself: there was no room while the database was away
    received = set(evidence.received)
    for frame in books.frames.values():
        if frame.answered is not None and frame.body not in received:
            yield f"EVIDENCE: {frame.mn} frame {frame.number} was answered and is not in the evidence"


def _by_device(books: Books) -> dict[str, list[SentFrame]]:
    """Return the frames of each device in the order of their number, which is that of their first sending."""
    devices: defaultdict[str, list[SentFrame]] = defaultdict(list)
    for frame in books.frames.values():
        devices[frame.mn].append(frame)
    return devices
