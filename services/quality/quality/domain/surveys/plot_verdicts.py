"""What the newest samples say of a land plot, kind by kind: the worst of its sites, and the items that make it so.

ASSUMPTION: each site speaks by the campaign it was sampled in last, as on the map. A campaign that left out the bore with
the exceedance does not make the plot clean. To disprove: a park that wants only the sites of its last campaign to count.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from park_schemas.codes import Medium
from park_standards.soil import SoilRisk

from quality.domain.surveys.plots import PLOT_KINDS
from quality.domain.surveys.records import Outcome, Result, Site, Verdict
from quality.domain.surveys.site_verdicts import WORST_FIRST, site_verdict

Samples = Sequence[tuple[Result, Verdict]]
_ABOVE_CONTROL = frozenset({SoilRisk.UNACCEPTABLE})
_ABOVE_SCREENING = frozenset({SoilRisk.SURVEY, SoilRisk.UNACCEPTABLE})


class NamedItem(Struct, frozen=True, order=True):
    """An item by its key in limit tables, and its names."""

    item: str
    name_zh: str
    name_en: str


class KindVerdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Soil or groundwater of a plot. `over` are the items of water that break the class to be kept.

    `grade` is the worst class or risk with the items that decide it; `sites` were sampled, `unsampled` (codes) never.
    An item above its control value is above its screening value as well.
    """

    kind: Medium
    outcome: Outcome
    colour: str
    sites: int
    unsampled: list[str]
    results: int
    counts: dict[str, int]
    sampled_from: datetime
    sampled_to: datetime
    campaigns: list[UUID]
    grade: str = ""
    grade_level: int | None = None
    grade_zh: str = ""
    grade_en: str = ""
    deciding: list[str] = []
    deciding_en: list[str] = []
    above_screening: list[NamedItem] = []
    above_control: list[NamedItem] = []
    over: list[NamedItem] = []


class PlotVerdict(Struct, frozen=True, kw_only=True):
    """The worst of its kinds; None where no site of the plot was ever sampled."""

    outcome: Outcome
    colour: str
    kinds: list[KindVerdict]


def plot_verdict(plot_id: UUID, sites: Sequence[Site], judged: Mapping[UUID, Samples]) -> PlotVerdict | None:
    """Return what the newest samples of its sites (`judged`, by site) say of a plot."""
    members = {kind: [site for site in sites if site.kind == kind] for kind in PLOT_KINDS}
    kinds = [
        _of_kind(plot_id, kind, of_kind, judged)
        for kind, of_kind in members.items()
        if any(site.site_id in judged for site in of_kind)
    ]
    if not kinds:
        return None
    worst = min(kinds, key=lambda one: WORST_FIRST.index(one.outcome))
    return PlotVerdict(outcome=worst.outcome, colour=worst.colour, kinds=kinds)


def _of_kind(plot_id: UUID, kind: Medium, sites: Sequence[Site], judged: Mapping[UUID, Samples]) -> KindVerdict:
    samples = [pair for site in sites for pair in judged.get(site.site_id, ())]
    whole = site_verdict(plot_id, samples)
    soil = kind is Medium.SOIL
    return KindVerdict(
        kind=kind,
        outcome=whole.outcome,
        colour=whole.colour,
        sites=sum(site.site_id in judged for site in sites),
        unsampled=sorted(site.code for site in sites if site.site_id not in judged),
        results=whole.results,
        counts=whole.counts,
        sampled_from=min(result.sampled_at for result, _ in samples),
        sampled_to=whole.sampled_at,
        campaigns=sorted({result.campaign_id for result, _ in samples}),
        grade=whole.grade,
        grade_level=whole.grade_level,
        grade_zh=whole.grade_zh,
        grade_en=whole.grade_en,
        deciding=whole.deciding,
        deciding_en=whole.deciding_en,
        above_screening=_items(result for result, verdict in samples if soil and verdict.grade in _ABOVE_SCREENING),
        above_control=_items(result for result, verdict in samples if soil and verdict.grade in _ABOVE_CONTROL),
        over=[] if soil else _items(result for result, verdict in samples if verdict.outcome is Outcome.OVER),
    )


def _items(results: Iterable[Result]) -> list[NamedItem]:
    return sorted({NamedItem(result.item, result.item_name_zh, result.item_name_en) for result in results})
