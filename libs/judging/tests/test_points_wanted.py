"""Which frames a judging service looks at, by their headers alone: only what is surely another's is passed over."""

from uuid import uuid4

from park_judging.registry import Points
from park_judging.testing import PointsInMemory, point
from park_schemas.codes import Medium
from park_schemas.telemetry import POINT_HEADER


def test_only_frames_of_points_known_to_be_of_other_media_are_passed_over() -> None:
    own, other = point(), point()
    view = PointsInMemory([own, other])
    points = Points(view, frozenset({own.medium}), wait_s=0)
    assert points.wants({POINT_HEADER: str(own.point_id).encode()})
    for headers in ({POINT_HEADER: str(uuid4()).encode()}, {POINT_HEADER: b"no id"}, {}):
        assert points.wants(headers), "the decoder and the registry have the last word"
    elsewhere = Points(view, frozenset({Medium.AMBIENT_AIR}), wait_s=0)
    assert not elsewhere.wants({POINT_HEADER: str(other.point_id).encode()})
