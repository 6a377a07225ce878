"""Warning levels and performance grades: the two tables an emergency reduction list is made of.

Levels and their least shares: 环大气〔2024〕6号 and the technical guide 环办大气函〔2020〕340号 (39 industries). Grades: the same
guide; what a grade has to do stands in the sheet of its industry, so a grade only says what is usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

LevelName = Literal["yellow", "orange", "red"]


@dataclass(frozen=True, slots=True)
class Level:
    """A warning level. `least_share` is what all listed sources together must save of each pollutant (0 to 1)."""

    name_zh: str
    name_en: str
    response: str
    start_zh: str
    start_en: str
    least_share: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A performance grade (绩效分级) with what is usual for it; `voluntary`: it decides itself whether it reduces."""

    name_zh: str
    name_en: str
    usual_zh: str
    usual_en: str
    confidence: str
    voluntary: bool = False


LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        "yellow": Level("黄色预警", "yellow warning", "Ⅲ",
                        "预测日均 AQI>200,或日均 AQI>150 持续 48 小时及以上",
                        "forecast daily AQI above 200, or above 150 for 48 h and more", "0.10", "medium"),
        "orange": Level("橙色预警", "orange warning", "Ⅱ",
                        "预测日均 AQI>200 持续 48 小时,或日均 AQI>150 持续 72 小时及以上",
                        "forecast daily AQI above 200 for 48 h, or above 150 for 72 h and more", "0.20", "medium"),
        "red": Level("红色预警", "red warning", "Ⅰ",
                     "预测日均 AQI>200 持续 72 小时且日均 AQI>300 持续 24 小时及以上",
                     "forecast daily AQI above 200 for 72 h and above 300 for 24 h and more", "0.30", "medium"),
    }
)  # fmt: skip

GRADES: Mapping[str, Grade] = MappingProxyType(
    {
        "A+": Grade("A+ 级", "A+", "自主减排", "voluntary", "low", voluntary=True),
        "A": Grade("A 级", "A", "自主减排", "voluntary", "high", voluntary=True),
        "leading": Grade("引领性", "guided (leading)", "自主减排", "voluntary", "high", voluntary=True),
        "B": Grade("B 级", "B", "多数行业自橙色预警起按行业要求减排", "from orange on in most industries", "medium"),
        # ASSUMPTION: B- stands in some industry sheets and asks more than B. Disproved by a sheet where it asks less.
        "B-": Grade("B- 级", "B-", "部分行业设置,要求严于 B 级", "some industries only; more than B", "low"),
        "C": Grade("C 级", "C", "按行业要求减排,橙色、红色加大", "by industry, more at orange and red", "medium"),
        "D": Grade(
            "D 级", "D", "减排幅度最大,橙色以上多为停产", "the largest cut; mostly a stop from orange on", "medium"
        ),
        "non-graded": Grade("非绩效分级", "not graded", "按城市应急减排清单", "by the city's list", "medium"),
    }
)

POLLUTANTS: tuple[str, ...] = ("SO2", "NOx", "PM", "VOCs")
"""What the list states in kg a day for each line, so that a reduction becomes a quantity."""

SOURCE_ZH = "环大气〔2024〕6号;环办大气函〔2020〕340号(重污染天气重点行业应急减排措施制定技术指南)"
SOURCE_EN = "MEE 环大气〔2024〕6号; technical guide 环办大气函〔2020〕340号"
