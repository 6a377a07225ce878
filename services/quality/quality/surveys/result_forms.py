"""Forms of results: entered, corrected, withdrawn."""

from typing import Any

from park_judging.http_edge import Changing, Text, TextBody
from pydantic import Field


class ResultFields(TextBody):
    """One item of one sample, as the laboratory wrote it."""

    site: str = Field(description="Code of the site")
    item: str = Field(description="HJ 212 code or name of the item")
    sampled_at: str = Field(description="Park time, 2026-03-01 14:30")
    value: str = Field(description="A number; below the detection limit 0.004L, <0.004 or ND; sensory items 有 / 无")
    unit: Text = None
    detection_limit: Text = None
    method: Text = None
    sample_number: Text = None
    depth: Text = None
    averaging: Text = None
    background: Text = None
    ph: Text = None
    frequent: bool | None = None
    note: Text = None

    def as_texts(self, *leave_out: str) -> dict[str, str]:
        found: dict[str, Any] = super().as_texts("frequent", *leave_out)
        return found if self.frequent is None else found | {"frequent": "是" if self.frequent else "否"}


class NewResults(TextBody):
    """Up to 500 results at once: all of them are stored, or none."""

    results: list[ResultFields] = Field(min_length=1, max_length=500)


class Correction(Changing, ResultFields):
    """The whole result as it should be; site, item, time, depth, averaging and sample say which one it is and stay."""


class Withdrawal(Changing):
    pass
