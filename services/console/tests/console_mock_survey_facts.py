"""What the mock gateway knows of manual campaigns: sites, items with an upper limit each, verdicts, what forms may hold."""

from typing import Any

from console_mock_park import clock, iso
from fastapi import APIRouter

Record = dict[str, Any]
WORST = {"over": "#D93026", "compliant": "#00A854", "undecided": "#F2A600", "not-judged": "#8C8C8C"}
"""Colour by outcome."""
SITES = (
    ("GW-00", "groundwater", "上游背景井", "Up-gradient well", "Ⅲ", 118.622, 32.214),
    ("GW-01", "groundwater", "车间下游井", "Well below the shop", "Ⅲ", 118.621, 32.211),
    ("S-01", "soil", "车间钻孔", "Bore at the shop", "2", 118.620, 32.212),
    ("S-02", "soil", "空地钻孔", "Bore on open ground", "2", 118.619, 32.211),
    ("N-01", "noise", "东厂界", "East fence", "3", 118.624, 32.212),
)
ITEMS = {
    "groundwater": [("w21003", "氨氮", "ammonia nitrogen", "mg/L"), ("w01001", "pH", "pH", "1")],
    "soil": [("镍", "镍", "nickel", "mg/kg"), ("铅", "铅", "lead", "mg/kg")],
    "noise": [("Leq", "等效声级", "equivalent level", "dB(A)")],
}
LIMITS = {"w21003": "0.50", "w01001": "8.5", "镍": "900", "铅": "800", "Leq": "65"}
STANDARDS = {
    "groundwater": ("GB/T 14848-2017", "表1"),
    "soil": ("GB 36600-2018", "表1"),
    "noise": ("GB 12348-2008", "4.1"),
}


def made(version: int = 1, reason: str = "") -> Record:
    """Who made a version, and when."""
    return {"version": version, "author": "officer", "reason": reason, "made_at": iso(clock())}


def verdict(kind: str, item: str, text: str) -> Record:
    """The verdict of a result against the mock's own upper limit."""
    over = float(text) > float(LIMITS[item])
    standard, clause = STANDARDS[kind]
    grade = {"groundwater": "Ⅳ" if over else "Ⅲ", "soil": "survey" if over else "negligible", "noise": ""}[kind]
    return {
        "outcome": "over" if over else "compliant",
        "zh": f"{text}，{'超过' if over else '符合'}限值 {LIMITS[item]}，依据 {standard}。",
        "en": f"{text} {'breaks' if over else 'keeps'} the limit {LIMITS[item]}; {standard}.", "grade": grade,
        "grade_level": 4 if over else 3, "limit": LIMITS[item], "unit": "mg/L", "ratio": 1.2, "standard": standard,
        "clause": clause, "confidence": "verified-text",
    }  # fmt: skip


def said(results: list[Record]) -> Record:
    """What results of a site say together."""
    outcomes = [one["verdict"]["outcome"] for one in results]
    worst = "over" if "over" in outcomes else "compliant"
    grade = results[0]["verdict"]["grade"] if results[0]["kind"] != "noise" else ""
    levels = {"levels": {"day": "61.5", "night": "53.2", "ldn": "62.3"}} if results[0]["kind"] == "noise" else {}
    return {
        "site_id": results[0]["site_id"], "outcome": worst, "colour": WORST[worst], "results": len(results),
        "counts": {name: outcomes.count(name) for name in set(outcomes)}, "sampled_at": results[-1]["sampled_at"],
        "grade": grade, "grade_level": 4 if worst == "over" else 3, "grade_zh": f"{grade}类" if grade else "",
        "grade_en": f"class {grade}" if grade else "",
        "deciding": [one["item_name_zh"] for one in results if one["verdict"]["outcome"] == worst], **levels,
    }  # fmt: skip


def choice_routes(router: APIRouter) -> None:
    """Add what forms may hold."""

    def listed(*rows: tuple[str, str, str]) -> list[Record]:
        return [{"key": key, "name_zh": zh, "name_en": en} for key, zh, en in rows]

    def column(name: str, zh: str, en: str, *, required: bool = False) -> Record:
        return {
            "name": name, "name_zh": zh, "name_en": en, "required": required, "example": "", "note_zh": "",
            "note_en": "",
        }  # fmt: skip

    results = [
        column("site", "点位编码", "site", required=True), column("item", "监测项目", "item", required=True),
        column("sampled_at", "采样时间", "sampled at", required=True), column("value", "结果", "value", required=True),
        column("unit", "单位", "unit"), column("detection_limit", "检出限", "detection limit"),
        column("method", "分析方法", "method"), column("sample_number", "样品编号", "sample number"),
        column("depth", "采样深度", "depth"), column("averaging", "取值时间", "averaging"),
        column("background", "背景值", "background"), column("ph", "土壤pH", "pH of soil"),
        column("frequent", "频发噪声", "frequent noise"), column("note", "备注", "note"),
    ]  # fmt: skip
    sites = [column(name, zh, name) for name, zh in (("code", "点位编码"), ("name_zh", "点位名称"), ("name_en", "英文名称"),
             ("longitude", "经度"), ("latitude", "纬度"))]  # fmt: skip
    categories = {
        "groundwater": listed(("Ⅲ", "Ⅲ", "III"), ("Ⅳ", "Ⅳ", "IV")),
        "soil": listed(("1", "第一类用地", "class 1 land"), ("2", "第二类用地", "class 2 land")),
        "noise": listed(("3", "3类", "zone 3"),),
    }  # fmt: skip

    @router.get("/surveys/choices")
    async def choices() -> Record:
        kinds = [
            {"key": key, "name_zh": key, "category_zh": "功能类别", "category_en": "category",
             "category_needed": key != "groundwater", "categories": found}
            for key, found in categories.items()
        ]  # fmt: skip
        return {
            "kinds": kinds, "noise_standards": [], "water_bodies": [], "averagings": listed(("day", "日", "day")),
            "investigations": listed(("none", "未开展调查", "not investigated"), ("preliminary", "初步调查", "preliminary")),
            "positions": listed(("up-gradient", "上游（背景）", "up-gradient"), ("down-gradient", "下游", "down-gradient")),
            "sheets": {"sites": sites, "results": results},
        }  # fmt: skip

    @router.get("/surveys/items/{kind}")
    async def items(kind: str) -> Record:
        found = [
            {"key": key, "name_zh": zh, "name_en": en, "unit": unit, "sensory": False}
            for key, zh, en, unit in ITEMS[kind]
        ]
        return {"items": found}
