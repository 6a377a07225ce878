"""Plots as they are shown: with their sites, and what the newest samples of these say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_schemas.codes import Medium

from quality.domain.surveys.land_boundary import area_m2, geojson_of
from quality.domain.surveys.plot_verdicts import PlotVerdict, plot_verdict
from quality.domain.surveys.plots import Plot, attentions
from quality.domain.surveys.records import Outcome, Site
from quality.domain.surveys.site_verdicts import site_verdict
from quality.domain.surveys.trends import WellTable, well_table
from quality.surveys import plot_store, store, summaries
from quality.surveys.site_views import site_item


@dataclass(frozen=True, slots=True)
class SeenPlot:
    """A plot's newest version (`row`) with its sites by code and the newest samples of each site."""

    row: asyncpg.Record
    plot: Plot
    site_rows: list[asyncpg.Record]
    sites: list[Site]
    judged: summaries.Judged
    verdict: PlotVerdict | None

    @property
    def outcome(self) -> Outcome | None:
        return self.verdict.outcome if self.verdict else None

    def item(self) -> dict[str, Any]:
        """Return every field with area, verdict, version and who made it."""
        fields = msgspec.structs.asdict(self.plot)
        shown = ("version", "author", "reason", "made_at")
        return {
            **fields,
            "boundary": geojson_of(self.plot.boundary),
            "area_m2": round(area_m2(self.plot.boundary)),
            "verdict": self.verdict,
            **{name: self.row[name] for name in shown},
        }

    def on_map(self) -> dict[str, Any]:
        shown = ("plot_id", "code", "name_zh", "name_en", "land_use", "investigation", "enterprise_id")
        return {name: getattr(self.plot, name) for name in shown} | {"verdict": self.verdict}

    def details(self) -> dict[str, Any]:
        """Return the sites with position and verdict, and what a person should look at."""
        positions = {one.site_id: one.position for one in self.plot.sites}
        members = [
            {
                "site": site_item(row),
                "position": positions[row["site_id"]],
                "verdict": site_verdict(row["site_id"], self.judged[row["site_id"]])
                if row["site_id"] in self.judged
                else None,
            }
            for row in self.site_rows
        ]
        return {"members": members, "attentions": attentions(self.plot, self.sites)}

    def wells(self) -> WellTable:
        positions = {one.site_id: one.position for one in self.plot.sites}
        return well_table([site for site in self.sites if site.kind is Medium.GROUNDWATER], positions, self.judged)


async def assembled(tx: Connection, rows: Sequence[asyncpg.Record]) -> list[SeenPlot]:
    """Return plots with their sites and the newest samples, in the order of the rows."""
    plots = [plot_store.plot(row) for row in rows]
    wanted = sorted({one.site_id for plot in plots for one in plot.sites})
    site_rows = await plot_store.sites(tx, wanted)
    judged = await summaries.judged(tx, wanted)
    return [_seen(row, plot, site_rows, judged) for row, plot in zip(rows, plots, strict=True)]


def _seen(row: asyncpg.Record, plot: Plot, site_rows: Any, judged: summaries.Judged) -> SeenPlot:
    ids = {one.site_id for one in plot.sites}
    own = [site_row for site_id, site_row in site_rows.items() if site_id in ids]
    sites = [store.site(one) for one in own]
    samples = {site_id: found for site_id, found in judged.items() if site_id in ids}
    return SeenPlot(row, plot, own, sites, samples, plot_verdict(plot.plot_id, sites, samples))
