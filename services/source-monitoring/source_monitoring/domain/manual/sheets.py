"""The columns of results: form, template and import file read by the same table."""

from park_chassis.sheets import cells
from park_chassis.sheets.sheet import Column, Sheet
from park_judging.domain.laboratory.cells import moment, unit

AVERAGINGS = {"instant": ("瞬时", "瞬时样"), "hour": ("小时", "1小时均值"), "day": ("日", "日均", "24小时")}

RESULTS = Sheet(
    title_zh="自行监测结果",
    columns=(
        Column("point", "排口编码", "outlet", cells.text(60), "DW001", required=True),
        Column("enterprise", "企业名称", "enterprise", cells.text(120), "",
               note_zh="几家企业排口编码相同时填写", note_en="when several enterprises use the code"),
        Column("factor", "监测因子", "factor", cells.text(60), "化学需氧量", required=True,
               note_zh="名称或 HJ 212 因子编码", note_en="name or HJ 212 code"),
        Column("sampled_at", "采样时间", "sampled at", moment, "2026-03-01 14:30", required=True,
               note_zh="北京时间；连续采样填开始时间", note_en="park time; of continuous sampling the begin"),
        Column("sampled_until", "采样结束", "sampled until", moment, "",
               note_zh="连续采样或混合样填写", note_en="for continuous or composite samples"),
        Column("averaging", "取值时间", "averaging", cells.choice(AVERAGINGS), "瞬时",
               note_zh="瞬时、小时、日；缺省为瞬时", note_en="instant, hour, day; instant when empty"),
        Column("value", "结果", "value", cells.text(40), "42.5", required=True,
               note_zh="低于检出限写作 0.004L、<0.004 或 ND", note_en="below the detection limit: 0.004L, <0.004 or ND"),
        Column("unit", "单位", "unit", unit, "mg/L", note_zh="无量纲项目可留空", note_en="may be empty for pure numbers"),
        Column("converted", "折算值", "converted value", cells.number(0, 1e12), "",
               note_zh="废气：折算到基准含氧量", note_en="waste gas: at the reference oxygen content"),
        Column("detection_limit", "检出限", "detection limit", cells.number(1e-12, 1e12), ""),
        Column("method", "分析方法", "method", cells.text(120), "HJ 828-2017"),
        Column("sample_number", "样品编号", "sample number", cells.text(60), "W260301-1"),
        Column("flow", "采样时流量(m3/h)", "flow m3/h", cells.number(0, 1e9), "120"),
        Column("load", "生产负荷(%)", "load %", cells.number(0, 200), "85"),
        Column("laboratory", "检测机构", "laboratory", cells.text(120), "某检测有限公司"),
        Column("cma_number", "CMA证书编号", "CMA number", cells.text(60), ""),
        Column("report_number", "报告编号", "report number", cells.text(60), "JC-2026-0301"),
        Column("report_file", "报告附件", "report file", cells.text(200), "",
               note_zh="附件的引用（如 SHA-256 或文号）", note_en="reference to the file (SHA-256 or document number)"),
        Column("note", "备注", "note", cells.text(500), ""),
    ),
)  # fmt: skip

SHEETS = {"results": RESULTS}
