"""Settings of source-monitoring. Durations are seconds."""

from decimal import Decimal
from typing import Literal

from park_chassis.file_store.settings import FileStoreSettings
from park_judging.settings import JudgingSettings
from pydantic import Field


class Settings(FileStoreSettings, JudgingSettings):
    service: Literal["source-monitoring"] = Field("source-monitoring", description="Name of the service.")
    mark_within_days: float = Field(
        10, gt=0, description="How many days after its end a mark may still be set and count at once (practice: 10)."
    )
    evidence_due_day: int = Field(
        10, ge=1, le=28, description="Day of the next month by which vouchers of a mark are due (practice: the 10th)."
    )
    evidence_orphan_after_s: float = Field(
        604_800, ge=3600, description="How long an uploaded evidence file that nothing refers to is kept (7 days)."
    )
    evidence_cleaning_interval_s: float = Field(3600, gt=0, description="How often such files are looked for.")
    most_marks_in_month: int = Field(10, ge=1, description="More marks of a point in one month are found suspicious.")
    reductions_poll_s: float = Field(30, gt=0, description="How often due measures of reduction orders are looked for.")
    manual_check_interval_s: float = Field(
        60,
        gt=0,
        description="How often overdue manual results, and automatic data that came late beside them, are looked for.",
    )
    import_max_bytes: int = Field(5_000_000, ge=1, description="Largest import file of manual results taken, in bytes.")
    import_max_rows: int = Field(5_000, ge=1, description="Most data rows of one import file of manual results.")
    anomaly_poll_s: float = Field(5, gt=0, description="How often due anomaly rules are looked for.")
    long_results_interval_s: float = Field(10, gt=0, description="How often touched months are looked for.")
    quantity_warning_shares: tuple[Decimal, ...] = Field(
        (Decimal("0.8"), Decimal("0.9"), Decimal(1), Decimal("1.1")),
        description="Shares of a permitted yearly quantity at which a finding is told (JSON list).",
    )
    quantity_pace_share: Decimal = Field(
        Decimal("0.2"),
        gt=0,
        description="How far ahead of the linear pace the use of a yearly quantity is told (0.2: 20 %).",
    )
    quantity_pace_after_days: int = Field(
        30, ge=1, description="Days of the year that must have passed before the pace is judged."
    )
    card_difference_share: Decimal = Field(
        Decimal("0.05"),
        ge=0,
        description="Share of the own figure by which a card controller's total may differ from it.",
    )
    check_watch_interval_s: float = Field(
        60, gt=0, description="How often checks of monitors that fall due are looked for."
    )
    calendar_interval_s: float = Field(60, gt=0, description="How often hours of which nothing came are looked for.")
    registry_history_interval_s: float = Field(30, gt=0, description="How often changed registry records are noted.")
    replay_poll_s: float = Field(2, gt=0, description="How often replays that were asked for are looked for.")
