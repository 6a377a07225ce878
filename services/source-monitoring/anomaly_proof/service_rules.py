"""The rules that are no anomaly rules, with what the proof does so that each should speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """A rule of a judging service, and what is done to the park for it."""

    name_zh: str
    name_en: str
    service: str
    done_zh: str
    done_en: str


SERVICE_RULES: Mapping[str, ServiceRule] = MappingProxyType(
    {
        "exceedance": ServiceRule(
            "超标",
            "exceedance",
            "source-monitoring",
            "数小时浓度升到限值 1.15–2 倍;另有恰好等于限值的小时。",
            "Hours at 1.15 to 2 times the limit; and hours exactly at it.",
        ),
        "offline": ServiceRule(
            "设备断线",
            "offline",
            "source-monitoring",
            "数采仪断开一小时以上;另有几分钟的短断与换连接。",
            "Loggers away for more than an hour; and short absences and replaced connections.",
        ),
        "missing-data": ServiceRule(
            "数据缺失",
            "missing data",
            "source-monitoring",
            "排口停止上传 4–6 小时;另有 50 分钟的间断。",
            "Outlets silent for 4 to 6 hours; and a pause of 50 minutes.",
        ),
        "transmission": ServiceRule(
            "传输有效率",
            "transmission rate",
            "source-monitoring",
            "一天有 1–7 小时数据不足;另有只缺一条记录的日。",
            "Days that lack 1 to 7 hours; and days that lack a record.",
        ),
        "total-control": ServiceRule(
            "总量控制",
            "total control",
            "source-monitoring",
            "年排放量越过许可量的 80、90、100 %;另有用到一半的许可量。",
            "A year's emission passes 80, 90 and 100 % of the permitted quantity; and quantities half used.",
        ),
        "mark-contradiction": ServiceRule(
            "标记与数据矛盾",
            "mark contradicts data",
            "source-monitoring",
            "标记恰好盖住超标、标记停运而水照流;另有平常时段的故障标记。",
            "A mark exactly over an exceedance, or a stop while water runs; and marks of a fault on calm hours.",
        ),
        "mark-cap": ServiceRule(
            "标记次数超限",
            "too many marks",
            "source-monitoring",
            "一年故障标记 50–55 小时(上限 60,八成提醒);另有 5 小时。",
            "50 to 55 hours of fault marks in a year (60 are allowed, told at 80 %); and 5 hours.",
        ),
        "water-class": ServiceRule(
            "水质类别不达标",
            "water class below target",
            "quality",
            "断面数小时劣于目标类别一至三类;另有恰在类别限值内的断面。",
            "Hours of a section one to three classes below its target; and a section just inside.",
        ),
        "sudden-change": ServiceRule(
            "浓度骤变",
            "sudden change",
            "quality",
            "一小时内升到近两倍;另有日变化与每小时不到一半的缓升。",
            "Nearly twice as much within an hour; and daily rhythm and rises of less than a half an hour.",
        ),
        "regional-event": ServiceRule(
            "区域性污染",
            "regional event",
            "quality",
            "多个站点同时升高;另有单站升高。",
            "Several stations rise at once; and one alone.",
        ),
        "implausible-value": ServiceRule(
            "不可能的数值",
            "implausible value",
            "quality",
            "湿度 120 %、浓度 −9、pH 15.1;另有 99.9 % 的湿度。风向按矢量平均,不在其内。",
            "Humidity of 120 %, -9 ug/m3, pH 15.1; and humidity of 99.9 %. Directions are averaged as vectors and left out.",
        ),
    }
)
