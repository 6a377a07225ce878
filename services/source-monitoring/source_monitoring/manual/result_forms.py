"""Bodies of requests that enter, correct and withdraw results."""

from park_judging.http_edge import Changing, Text, TextBody
from pydantic import Field

from source_monitoring.http_edge import Evidence


class ResultFields(TextBody):
    """One factor of one sample, as the laboratory wrote it."""

    point: str = Field(description="Id or code of the outlet")
    factor: str = Field(description="HJ 212 code or name")
    sampled_at: str = Field(description="Park time, 2026-03-01 14:30")
    value: str = Field(description="A number; below the detection limit 0.004L, <0.004 or ND")
    enterprise: Text = Field(None, description="Name, when several enterprises use the code of the outlet")
    sampled_until: Text = None
    averaging: Text = Field(None, description="instant (default), hour, day")
    unit: Text = None
    converted: Text = None
    detection_limit: Text = None
    method: Text = None
    sample_number: Text = None
    flow: Text = None
    load: Text = None
    laboratory: Text = None
    cma_number: Text = None
    report_number: Text = None
    report_file: Text = Field(None, description="A reference to a report that is not uploaded here")
    note: Text = None
    evidence: list[Evidence] | None = Field(
        None, max_length=20, description="The report and other proof; absent in a correction: what is attached stays"
    )

    def texts(self, *leave_out: str) -> dict[str, str]:
        """Return the fields that a row of a sheet would hold."""
        return self.as_texts("evidence", *leave_out)


class NewResults(TextBody):
    """Up to 500 results at once: all of them are stored, or none."""

    results: list[ResultFields] = Field(min_length=1, max_length=500)


class Correction(Changing, ResultFields):
    """The whole result as it should be; outlet, factor, time and sample number say which one it is and stay."""


class Withdrawal(Changing):
    pass
