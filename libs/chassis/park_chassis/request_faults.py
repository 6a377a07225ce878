"""What is wrong with a request, field by field, in both languages: pydantic says it in English only.

The table has the kinds of fault that the forms and queries of the services can have. `{names}` are those of the fault's own
facts (`ctx`). A kind that is not in the table is told as "invalid", its English words beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

_ZH: Mapping[str, str] = MappingProxyType(
    {
        "missing": "必须填写",
        "extra_forbidden": "没有这个字段",
        "json_invalid": "不是有效的 JSON",
        "string_type": "应为文字",
        "string_too_short": "至少 {min_length} 个字符",
        "string_too_long": "最多 {max_length} 个字符",
        "string_pattern_mismatch": "格式应为 {pattern}",
        "int_type": "应为整数",
        "int_parsing": "应为整数",
        "int_parsing_size": "整数过大",
        "int_from_float": "应为整数",
        "float_type": "应为数字",
        "float_parsing": "应为数字",
        "finite_number": "应为有限的数字",
        "decimal_type": "应为数字",
        "decimal_parsing": "应为数字",
        "decimal_max_digits": "最多 {max_digits} 位数字",
        "decimal_max_places": "最多 {decimal_places} 位小数",
        "decimal_whole_digits": "整数部分最多 {whole_digits} 位",
        "bool_type": "应为 true 或 false",
        "bool_parsing": "应为 true 或 false",
        "greater_than": "应大于 {gt}",
        "greater_than_equal": "应不小于 {ge}",
        "less_than": "应小于 {lt}",
        "less_than_equal": "应不大于 {le}",
        "multiple_of": "应为 {multiple_of} 的倍数",
        "enum": "应为以下之一：{expected}",
        "literal_error": "应为以下之一：{expected}",
        "list_type": "应为列表",
        "dict_type": "应为对象",
        "model_type": "应为对象",
        "model_attributes_type": "应为对象",
        "too_short": "至少 {min_length} 项",
        "too_long": "最多 {max_length} 项",
        "uuid_type": "应为 UUID",
        "uuid_parsing": "应为 UUID",
        "date_type": "应为日期，如 2026-11-22",
        "date_parsing": "应为日期，如 2026-11-22",
        "date_from_datetime_parsing": "应为日期，如 2026-11-22",
        "date_from_datetime_inexact": "应为日期，不带时刻",
        "datetime_type": "应为时间，如 2026-11-22T08:00:00+08:00",
        "datetime_parsing": "应为时间，如 2026-11-22T08:00:00+08:00",
        "datetime_from_date_parsing": "应为时间，如 2026-11-22T08:00:00+08:00",
        "time_type": "应为时刻，如 08:00",
        "time_parsing": "应为时刻，如 08:00",
        "timezone_aware": "时间应带时区，如 +08:00",
        "url_type": "应为网址",
        "url_parsing": "应为网址",
        "url_scheme": "网址应以 {expected_schemes} 开头",
        "union_tag_invalid": "{tag} 不可用，应为：{expected_tags}",
        "union_tag_not_found": "缺少 {discriminator}",
    }
)


def request_faults(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return pydantic's errors as `where` (dotted), `what` (English), `what_zh` (Chinese)."""
    return [{"where": place(one["loc"]), "what": str(one["msg"]), "what_zh": _chinese(one)} for one in errors]


def place(loc: Sequence[str | int]) -> str:
    """Return where a fault lies, dotted: `body.limits.0.value`."""
    return ".".join(map(str, loc))


def _chinese(error: Mapping[str, Any]) -> str:
    template = _ZH.get(error["type"])
    facts = {name: str(fact).replace(" or ", " 或 ") for name, fact in (error.get("ctx") or {}).items()}
    return f"无效：{error['msg']}" if template is None else template.format_map(facts)
