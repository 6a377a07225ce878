"""Results over their limit as findings (rule `exceedance`, subject: the site), and when they keep it again.

ASSUMPTION: a single sample speaks for its day (Period.DAY; an hourly mean of air for its hour): the next sample that keeps the
limit ends the episode, and alerting does not wait for five in a row. To disprove: a park that wants repeated sampling first.
"""

from datetime import datetime, timedelta
from typing import Literal

from park_judging.domain.findings import EXCEEDANCE
from park_schemas.codes import Period
from park_schemas.identifiers import natural_id
from park_schemas.supervision import FindingRecorded

from quality.domain.surveys.records import Outcome, Site
from quality.domain.surveys.rows import Judged

_PERIODS = {
    "hour": (Period.HOUR, timedelta(hours=1)),
    "8h": (Period.DAY, timedelta(hours=8)),
    "day": (Period.DAY, timedelta(days=1)),
}
_SAMPLE = (Period.DAY, timedelta())


def survey_finding(
    site: Site, one: Judged, version: int, *, before: Outcome | None, withdrawn: bool, at: datetime
) -> FindingRecorded | None:
    """Return what a new version of a result has to tell, None for nothing.

    `before` is the outcome that stood for this item at this site until now (an earlier sample, or the version before).
    """
    over = one.verdict.outcome is Outcome.OVER and not withdrawn
    calm = before is Outcome.OVER and (withdrawn or one.verdict.outcome is Outcome.COMPLIANT)
    if over:
        return _finding(site, one, version, "violated", at)
    return _finding(site, one, version, "complied", at) if calm else None


def _finding(
    site: Site, one: Judged, version: int, verdict: Literal["violated", "complied"], at: datetime
) -> FindingRecorded:
    result, held = one.result, one.verdict
    period, length = _PERIODS.get(result.averaging, _SAMPLE)
    complied = verdict == "complied" and held.outcome is Outcome.OVER
    return FindingRecorded(
        finding_id=natural_id(EXCEEDANCE, result.result_id, version, verdict),
        rule=EXCEEDANCE,
        verdict=verdict,
        park_id=site.park_id,
        subject_id=site.site_id,
        subject_name_zh=site.name_zh,
        subject_name_en=site.name_en,
        medium=site.kind,
        period=period,
        period_start=result.sampled_at,
        period_end=result.sampled_at + length,
        recorded_at=at,
        explanation_zh=f"{site.name_zh} {result.item_name_zh}的超标结果已撤销。" if complied else held.zh,
        explanation_en=f"{site.name_en}: the exceedance of {result.item_name_en} was withdrawn."
        if complied
        else held.en,
        enterprise_id=site.enterprise_id,
        enterprise_name_zh=site.enterprise_name_zh,
        enterprise_name_en=site.enterprise_name_en,
        factor=result.item,
        factor_name_zh=result.item_name_zh,
        factor_name_en=result.item_name_en,
        observed=result.text,
        limit=held.limit or None,
        unit=result.unit,
        ratio=held.ratio,
        standard=held.standard,
        clause=held.clause,
        limit_id=held.limit_id,
        statutory=True,
        longitude=site.longitude,
        latitude=site.latitude,
        source_id=result.result_id,
    )
