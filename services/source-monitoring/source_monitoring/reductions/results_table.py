"""The measures of an order as a table: words of the verdicts, columns."""

from operator import itemgetter
from typing import Any

from park_chassis.export import Column

VERDICTS = {
    "pending": ("待考核", "pending"), "kept": ("已落实", "kept"), "not-kept": ("未落实", "not kept"),
    "not-provable": ("无法证明", "not provable"), "voluntary": ("自主减排", "voluntary"),
}  # fmt: skip


def _said(report: dict[str, Any] | None) -> str:
    if report is None:
        return ""
    return f"{'已执行 done' if report['done'] else '未执行 not done'}:{report['note']}"


def _keeping(key: str) -> Any:
    return lambda row: row["keeping"].get(key)


COLUMNS = [
    *(
        Column(title, itemgetter(key))
        for title, key in (
            ("企业 enterprise", "enterprise_zh"), ("生产线 line", "line"), ("绩效分级 grade", "grade_zh"),
            ("措施 measure", "measure_zh"), ("点位 point", "point_zh"), ("因子 factor", "factor_zh"),
            ("允许比例 allowed share", "allowed_share"), ("结论", "verdict_zh"), ("verdict", "verdict_en"),
        )
    ),
    *(
        Column(title, _keeping(key))
        for title, key in (
            ("说明", "reason_zh"), ("reason", "reason_en"), ("基准值 usual", "usual"), ("允许值 allowed", "allowed"),
            ("执行期均值 mean", "mean"), ("减少比例 saved", "achieved"), ("有数据小时 hours", "hours"),
            ("应有小时 expected", "expected_hours"), ("超出小时 hours over", "hours_over"),
        )
    ),
    Column("单位 unit", itemgetter("unit")),
    Column("未落实段数 stretches", itemgetter("broken")),
    Column("现场结果 on the spot", lambda row: _said(row["report"])),
]  # fmt: skip
