"""Levels of limits as a citation writes them: the standards' own words, in their own language, as the tables they stand in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "all": "",
        "source": "集中式生活饮用水地表水源地",
        "general": "一般限值",
        "special": "特别排放限值",
        "special area": "特别排放限值",
        "key area": "重点地区",
        "ultra-low": "超低排放",
        "existing": "现有源",
        "new": "新建源",
        "selected": "选择控制项目",
        "characteristic": "特征污染物",
        "1": "一级",
        "2": "二级",
        "3": "三级",
        "1A": "一级A标准",
        "1B": "一级B标准",
        "A": "A级",
        "B": "B级",
        "C": "C级",
        "D": "D级",
        "level1": "一级",
        "level2 existing": "二级(现有源)",
        "level2 new": "二级(新建源)",
        "level3 existing": "三级(现有源)",
        "level3 new": "三级(新建源)",
        "new level2 (class 2 area)": "新污染源二级",
        "new level3 (class 3 area)": "新污染源三级",
    }
)

_WATER_CLASSES: Final = frozenset({"I", "II", "III", "IV", "V"})


def level_word(level: str) -> str:
    """Return the words of a row's level, empty where the row is for all; a level without words as it is."""
    if level in _WATER_CLASSES:
        return f"{level}类"
    return _WORDS.get(level, level)
