"""Manual campaigns and land plots of the mock gateway: invented samples of one plot, a noise campaign, rows set aside."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import clock, identifier, iso
from console_mock_survey_facts import ITEMS, SITES, WORST, choice_routes, made, said, verdict
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]
WATER, NOISE, SOIL = identifier(50, 1), identifier(50, 2), identifier(50, 3)
PLOT, SET_ASIDE = identifier(53, 1), identifier(55, 1)


class Surveys:
    """State of campaigns, results, plots and set-aside rows, and their routes."""

    def __init__(self, user: UserOf) -> None:
        self.user = user
        self.sites = {identifier(51, number): self._site(number, *row) for number, row in enumerate(SITES)}
        self.campaigns = {
            key: self._campaign(key, kind, zh, en)
            for key, kind, zh, en in (
                (WATER, "groundwater", "三季度地下水监测", "Groundwater, third quarter"),
                (NOISE, "noise", "厂界噪声监测", "Noise at the fence"),
                (SOIL, "soil", "土壤监测", "Soil"),
            )
        }
        self.results: dict[str, Record] = {}
        for campaign, code, item, text in (
            (WATER, "GW-00", "w21003", "0.10"), (WATER, "GW-01", "w21003", "0.62"), (WATER, "GW-01", "w01001", "7.1"),
            (SOIL, "S-01", "镍", "1250"), (SOIL, "S-01", "铅", "120"), (NOISE, "N-01", "Leq", "61.5"),
        ):  # fmt: skip
            self._add(campaign, code, item, text)
        self.plot = self._plot()
        self.imports: list[Record] = []
        self.set_aside = [self._set_aside()]

    def _site(self, number: int, code: str, kind: str, zh: str, en: str, category: str, *place: float) -> Record:
        return {
            "site_id": identifier(51, number), "kind": kind, "code": code, "name_zh": zh, "name_en": en,
            "longitude": place[0], "latitude": place[1], "category": category, "noise_standard": "", "water_body": "",
            "enterprise_id": None, "enterprise_name_zh": "", "note": "", **made(),
        }  # fmt: skip

    def _campaign(self, key: str, kind: str, zh: str, en: str) -> Record:
        return {
            "campaign_id": key, "kind": kind, "name_zh": zh, "name_en": en, "planned_on": "2026-10-15",
            "laboratory": "某检测公司", "note": "", **made(),
        }  # fmt: skip

    def _add(self, campaign: str, code: str, item: str, text: str, **more: str) -> Record:
        kind = self.campaigns[campaign]["kind"]
        site = self._by_code(code)
        key, zh, en, unit = next(one for one in ITEMS[kind] if item in one[:3])
        result = {
            "result_id": identifier(52, len(self.results) + 1), "campaign_id": campaign, "site_id": site["site_id"],
            "kind": kind, "item": key, "item_name_zh": zh, "item_name_en": en,
            "sampled_at": iso(clock() - timedelta(days=30)), "text": text, "unit": unit, "detected": True, "value": text,
            "detection_limit": more.get("detection_limit"), "method": more.get("method", ""), "sample_number": "",
            "depth": "", "averaging": "", "background": None, "ph": None, "frequent": False, "note": "",
            "withdrawn": False, "verdict": verdict(kind, key, text), **made(),
        }  # fmt: skip
        self.results[result["result_id"]] = result
        return result

    def _by_code(self, code: str) -> Record:
        return next(one for one in self.sites.values() if one["code"] == code)

    def _plot(self) -> Record:
        ring = [[118.618, 32.21], [118.623, 32.21], [118.623, 32.2135], [118.618, 32.2135], [118.618, 32.21]]
        members = ["GW-00", "GW-01", "S-01", "S-02"]
        return {
            "plot_id": PLOT, "code": "DK-01", "name_zh": "原电镀车间地块", "name_en": "Former plating shop",
            "land_use": "2", "boundary": {"type": "Polygon", "coordinates": [ring]}, "area_m2": 182_000,
            "investigation": "preliminary", "investigation_source": "初步调查报告", "enterprise_id": None,
            "enterprise_name_zh": "", "sites": [{"site_id": self._by_code(code)["site_id"]} for code in members],
            "note": "", **made(),
        }  # fmt: skip

    def _set_aside(self) -> Record:
        texts = {"site": "GW-01", "item": "幽灵素", "sampled_at": "2026-10-15 10:00", "value": "0.3", "unit": "mg/L"}
        problem = {"column": "item", "value": "幽灵素", "what_zh": "未知的监测项目", "what_en": "unknown item"}
        return {
            "set_aside_id": SET_ASIDE, "import_id": identifier(54, 1), "sheet": "results", "campaign_id": WATER, "row": 3,
            "reason": "unknown-factor", "texts": texts, "mended": None, "problems": [problem], "state": "open",
            "settled_at": None, "settled_by": None, "outcome": None, "filename": "结果.xlsx", "imported_at": iso(clock()),
            "imported_by": "officer", "sheet_title": "监测结果",
        }  # fmt: skip

    def _shown(self, result: Record) -> Record:
        site = self.sites[result["site_id"]]
        return {**result, "site": {name: site[name] for name in ("code", "name_zh", "name_en", "category")}}

    def _of_site(self, site_id: str, campaign: str | None = None) -> list[Record]:
        return [
            one
            for one in self.results.values()
            if one["site_id"] == site_id and not one["withdrawn"] and campaign in (None, one["campaign_id"])
        ]

    def _said(self, site_id: str, campaign: str | None = None) -> Record | None:
        found = self._of_site(site_id, campaign)
        return said(found) if found else None

    def _plot_shown(self) -> Record:
        kinds = []
        for kind in ("soil", "groundwater"):
            ids = [one["site_id"] for one in self.plot["sites"] if self.sites[one["site_id"]]["kind"] == kind]
            found = [result for one in ids for result in self._of_site(one)]
            over = [
                {"item": one["item"], "name_zh": one["item_name_zh"], "name_en": one["item_name_en"]}
                for one in found
                if one["verdict"]["outcome"] == "over"
            ]
            kinds.append(
                {
                    **said(found),
                    "kind": kind,
                    "sites": 1,
                    "sampled_from": found[0]["sampled_at"],
                    "sampled_to": found[-1]["sampled_at"],
                    "campaigns": [WATER],
                    **({"unsampled": ["S-02"], "above_screening": over} if kind == "soil" else {"over": over}),
                }
            )
        worst = "over" if any(one["outcome"] == "over" for one in kinds) else "compliant"
        return {**self.plot, "verdict": {"outcome": worst, "colour": WORST[worst], "kinds": kinds}}

    def routes(self, router: APIRouter) -> None:
        """Add all addresses of surveys."""
        for add in (
            choice_routes,
            self._campaign_routes,
            self._site_routes,
            self._result_routes,
            self._plot_routes,
            self._import_routes,
            self._set_aside_routes,
        ):
            add(router)

    def _campaign_routes(self, router: APIRouter) -> None:
        @router.get("/surveys/campaigns")
        async def campaigns(request: Request) -> Record:
            kind = request.query_params.get("kind")
            found = []
            for one in self.campaigns.values():
                outcomes = [
                    result["verdict"]["outcome"]
                    for result in self.results.values()
                    if result["campaign_id"] == one["campaign_id"] and not result["withdrawn"]
                ]
                found.append({**one, "outcomes": {name: outcomes.count(name) for name in set(outcomes)}})
            return page([one for one in found if kind in (None, one["kind"])], request)

        @router.post("/surveys/campaigns")
        async def plan(request: Request) -> Response:
            body = await request.json()
            key = identifier(50, len(self.campaigns) + 1)
            self.campaigns[key] = {
                **self._campaign(key, body["kind"], body["name_zh"], body["name_zh"]),
                "laboratory": body["laboratory"],
            }
            return JSONResponse(self.campaigns[key], 201)

        @router.get("/surveys/campaigns/{campaign_id}")
        async def campaign(campaign_id: str) -> Response:
            if campaign_id not in self.campaigns:
                return refused(404, "没有这个监测活动", "There is no such campaign")
            one = self.campaigns[campaign_id]
            verdicts = [(site, self._said(site["site_id"], campaign_id)) for site in self.sites.values()]
            sites = [{"site": site, "verdict": found} for site, found in verdicts if found]
            return JSONResponse({**one, "sites": sites, "versions": [{**made(), "body": one}]})

        @router.post("/surveys/campaigns/{campaign_id}/results")
        async def enter(campaign_id: str, request: Request) -> Response:
            rows = (await request.json())["results"]
            errors = [
                {
                    "where": f"results.{number}.unit",
                    "value": row["unit"],
                    "what": "does not convert",
                    "what_zh": "单位不能换算",
                }
                for number, row in enumerate(rows)
                if row.get("unit") == "kg"
            ]
            if errors:
                return refused(422, "表单有误", "the form has errors", errors=errors)
            return JSONResponse(
                {"items": [self._add(campaign_id, row["site"], row["item"], row["value"]) for row in rows]}, 201
            )

        @router.post("/surveys/campaigns/{campaign_id}/judge-again")
        async def judge_again(campaign_id: str) -> Record:
            del campaign_id
            return {"results": len(self.results), "changed": 0}

    def _site_routes(self, router: APIRouter) -> None:
        @router.get("/surveys/sites")
        async def sites(request: Request) -> Record:
            kind = request.query_params.get("kind")
            return page([one for one in self.sites.values() if kind in (None, one["kind"])], request)

        @router.get("/surveys/sites/{site_id}")
        async def site(site_id: str) -> Record:
            return {**self.sites[site_id], "versions": []}

        @router.get("/surveys/sites/{site_id}/trends")
        async def trends(site_id: str) -> Record:
            found = [
                {"item": one["item"], "item_name_zh": one["item_name_zh"], "item_name_en": one["item_name_en"], "depth": "",
                 "averaging": "", "values": [{**one, "outcome": one["verdict"]["outcome"], "limit": one["verdict"]["limit"]}]}
                for one in self._of_site(site_id)
            ]  # fmt: skip
            return {"items": found}

        @router.get("/surveys/map")
        async def on_map(request: Request) -> Record:
            kind = request.query_params.get("kind")
            shown = ("site_id", "code", "kind", "name_zh", "name_en", "category")
            features = [
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": [one["longitude"], one["latitude"]]},
                 "properties": {**{name: one[name] for name in shown}, "verdict": self._said(one["site_id"])}}
                for one in self.sites.values() if kind in (None, one["kind"])
            ]  # fmt: skip
            return {"type": "FeatureCollection", "features": features}

    def _result_routes(self, router: APIRouter) -> None:
        @router.get("/surveys/results")
        async def results(request: Request) -> Record:
            asked = request.query_params
            gone = asked.get("withdrawn") == "true"
            found = [
                self._shown(one)
                for one in self.results.values()
                if one["withdrawn"] == gone
                and all(asked.get(name) in (None, one[name]) for name in ("campaign_id", "kind"))
                and asked.get("outcome") in (None, one["verdict"]["outcome"])
            ]
            outcomes = [one["verdict"]["outcome"] for one in found]
            return {**page(found, request), "counts": {name: outcomes.count(name) for name in set(outcomes)}}

        @router.get("/surveys/results/{result_id}")
        async def result(result_id: str) -> Record:
            one = self.results[result_id]
            return {
                **one,
                "versions": [{**made(one["version"], one["reason"]), "body": one, "verdict": one["verdict"]}],
            }

        @router.put("/surveys/results/{result_id}")
        async def correct(result_id: str, request: Request) -> Record:
            body = await request.json()
            one = self.results[result_id]
            one.update(made(one["version"] + 1, body["reason"]), text=body["value"], value=body["value"])
            one["verdict"] = verdict(one["kind"], one["item"], body["value"])
            return one

        @router.post("/surveys/results/{result_id}/withdraw")
        async def withdraw(result_id: str, request: Request) -> Record:
            one = self.results[result_id]
            one.update(made(one["version"] + 1, (await request.json())["reason"]), withdrawn=True)
            return one

    def _plot_routes(self, router: APIRouter) -> None:
        @router.get("/surveys/plots")
        async def plots(request: Request) -> Record:
            return page([self._plot_shown()], request)

        @router.get("/surveys/plots/map")
        async def plots_on_map() -> Record:
            one = self._plot_shown()
            shown = {name: one[name] for name in ("plot_id", "code", "name_zh", "name_en", "verdict")}
            return {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "geometry": one["boundary"], "properties": shown}],
            }

        @router.get("/surveys/plots/{plot_id}")
        async def plot(plot_id: str) -> Record:
            one = self._plot_shown()
            members = [
                {"site": self.sites[each["site_id"]], "position": "", "verdict": self._said(each["site_id"])}
                for each in one["sites"]
            ]
            outside = {
                "site_id": one["sites"][0]["site_id"],
                "code": "GW-00",
                "zh": "点位不在地块边界内",
                "en": "lies outside the boundary",
            }
            return {
                **one,
                "plot_id": plot_id,
                "members": members,
                "attentions": [outside],
                "versions": [{**made(), "body": {}}],
            }

        @router.put("/surveys/plots/{plot_id}")
        async def change(plot_id: str, request: Request) -> Response:
            body = await request.json()
            if body["boundary"].get("coordinates") == []:
                error = {
                    "where": "boundary.coordinates",
                    "value": "",
                    "what": "must be a list that is not empty",
                    "what_zh": "应为非空数组",
                }
                return refused(422, "表单有误", "the form has errors", errors=[error])
            self.plot.update(made(self.plot["version"] + 1, body["reason"]), investigation=body["investigation"])
            return JSONResponse({**self._plot_shown(), "plot_id": plot_id})

        @router.get("/surveys/plots/{plot_id}/wells")
        async def wells(plot_id: str) -> Record:
            del plot_id
            found = [one for one in self.sites.values() if one["kind"] == "groundwater"]
            told = [
                {"site_id": one["site_id"], "code": one["code"], "name_zh": one["name_zh"], "name_en": one["name_en"],
                 "position": "up-gradient" if number == 0 else "down-gradient", "background": number == 0,
                 "sampled_at": iso(clock())}
                for number, one in enumerate(found)
            ]  # fmt: skip
            values = {
                one["site_id"]: {**result, "outcome": result["verdict"]["outcome"], "grade": result["verdict"]["grade"]}
                for one in found for result in self._of_site(one["site_id"])[:1]
            }  # fmt: skip
            return {
                "wells": told,
                "items": [
                    {"item": "w21003", "item_name_zh": "氨氮", "item_name_en": "ammonia nitrogen", "values": values}
                ],
            }

    def _import_routes(self, router: APIRouter) -> None:
        @router.get("/surveys/imports")
        async def imports(request: Request) -> Record:
            return page(list(reversed(self.imports)), request)

        @router.post("/surveys/imports")
        async def import_file(request: Request) -> Record:
            form = await request.form()
            dry, whole = form["dry_run"] == "true", form["all_or_nothing"] == "true"
            problem = {"column": "item", "value": "幽灵素", "what_zh": "未知的监测项目", "what_en": "unknown item"}
            good = {
                "row": 2,
                "status": "created",
                "key": "GW-01 氨氮",
                "outcome": "compliant",
                "verdict_zh": "符合限值",
                "verdict_en": "keeps",
            }
            report = {
                "import_id": identifier(54, len(self.imports) + 2), "sheet": form["sheet"],
                "campaign_id": form.get("campaign_id"),
                "filename": "结果.xlsx", "dry_run": dry, "all_or_nothing": whole, "stored": not dry and not whole,
                "imported_at": iso(clock()), "imported_by": "officer", "total": 2, "accepted": 1, "rejected": 1,
                "rows": [good, {"row": 3, "status": "rejected", "key": "GW-01 幽灵素", "errors": [problem]}],
            }  # fmt: skip
            self.imports.append(report)
            return report

        @router.get("/surveys/imports/{import_id}")
        async def report_of(import_id: str) -> Record:
            return next(one for one in self.imports if one["import_id"] == import_id)

    def _set_aside_routes(self, router: APIRouter) -> None:
        @router.get("/surveys/set-aside")
        async def rows(request: Request) -> Record:
            state = request.query_params.get("state")
            states = [one["state"] for one in self.set_aside]
            found = [one for one in self.set_aside if state in (None, one["state"])]
            return {**page(found, request), "counts": {name: states.count(name) for name in set(states)}}

        @router.post("/surveys/set-aside/{set_aside_id}/mend")
        async def mend(set_aside_id: str, request: Request) -> Response:
            row = next(one for one in self.set_aside if one["set_aside_id"] == set_aside_id)
            row["mended"] = {**(row["mended"] or row["texts"]), **(await request.json())["texts"]}
            if row["mended"]["item"] not in {one[1] for one in ITEMS["groundwater"]}:
                error = {
                    "where": "item",
                    "value": row["mended"]["item"],
                    "what": "unknown item",
                    "what_zh": "未知的监测项目",
                }
                return refused(422, "表单有误", "the form has errors", errors=[error])
            row.update(state="mended", settled_at=iso(clock()), settled_by="officer", outcome="created")
            one = self._add(row["campaign_id"], row["mended"]["site"], row["mended"]["item"], row["mended"]["value"])
            report = {
                "row": row["row"],
                "status": "created",
                "key": "",
                "verdict_zh": one["verdict"]["zh"],
                "verdict_en": one["verdict"]["en"],
            }
            return JSONResponse({**row, "report": report})

        @router.post("/surveys/set-aside/{set_aside_id}/dismiss")
        async def dismiss(set_aside_id: str, request: Request) -> Record:
            row = next(one for one in self.set_aside if one["set_aside_id"] == set_aside_id)
            row.update(
                state="dismissed",
                settled_at=iso(clock()),
                settled_by="officer",
                outcome=(await request.json())["reason"],
            )
            return row
