"""Every command from the platform to a device, with its parameters: what a request is checked against and a form is made of.

Names, editions and fields are those of HJ 212-2017 tables 4 and 9 with appendix C, HJ/T 212-2005 appendix B, and HJ 212-2025
appendix C as public implementers quote it. Bounds are those of the tables; where a table has none, only the form is checked.
"""

from typing import Final, NamedTuple

from hj212 import Edition, codes
from hj212.code_types import CommandForm

from hj212_gateway.domain.command_parameters import Choice, Parameter, ParameterType

_T = ParameterType
_ALL: Final = ("2005", "2017", "2025")
_NEW: Final = ("2017", "2025")

_ANALYSER: Final = Parameter(
    "PolId",
    _T.FACTOR,
    "因子(分析仪)",
    "Factor (analyser)",
    required=False,
    hint_zh="不填表示数采仪本身",
    hint_en="absent: the data logger itself",
)
_POL_ID: Final = Parameter("PolId", _T.FACTOR, "因子编码", "Factor code")
_POL_ID_2005: Final = _POL_ID._replace(wire="PolID")
_BEGIN: Final = Parameter("BeginTime", _T.TIME, "开始时间", "Begin")
_END: Final = Parameter("EndTime", _T.TIME, "结束时间", "End")
_SPAN: Final = (_BEGIN, _END)
_SPAN_2005: Final = (_BEGIN._replace(item=1), _END._replace(item=1))
_TWO_ENDS: Final = tuple(
    Choice(value, zh, en) for value, zh, en in (("0", "零点校准", "zero"), ("1", "量程校准", "span"))
)
_MINUTES: Final = tuple(
    Choice(text, f"{text} 分钟", f"{text} min") for text in ("1", "2", "3", "4", "5", "6", "10", "12", "15", "20", "30")
)
_NEW_PW: Final = Parameter(
    "NewPW",
    _T.SECRET,
    "新访问密码",
    "New password",
    pattern="[0-9A-Za-z]{6}",
    hint_zh="6 位字母或数字",
    hint_en="6 letters or digits",
)


class Rule(NamedTuple):
    """One form of a command in some editions. `form` tells two forms of one CN in one edition apart."""

    command: str
    editions: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    form: str = ""

    @property
    def name(self) -> str:
        return f"{self.command}-{self.form}" if self.form else self.command

    @property
    def row(self) -> CommandForm:
        """Return the row of the code table: names and kind."""
        rows = [
            row
            for row in codes.command_forms(self.command)
            if row.direction == "platform->device" and set(self.editions) <= set(row.editions)
        ]
        return rows[-1] if self.form else rows[0]


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "1000",
        _ALL,
        (
            Parameter("OverTime", _T.INTEGER, "超时时间", "Timeout", minimum=1, maximum=99, unit="s"),
            Parameter("ReCount", _T.INTEGER, "重发次数", "Resends", minimum=1, maximum=99),
        ),
    ),
    Rule(
        "1001",
        ("2005",),
        (Parameter("WarnTime", _T.INTEGER, "超限报警时间", "Alarm delay", minimum=0, maximum=86_400, unit="s"),),
    ),
    Rule("1002", ("2025",), (Parameter("i23005-Info", _T.TEXT, "数采仪硬件序号", "Logger hardware id"),)),
    Rule("1011", _NEW, (_ANALYSER,)),
    Rule("1011", ("2005",)),
    Rule(
        "1012",
        _ALL,
        (
            _ANALYSER,
            Parameter(
                "SystemTime",
                _T.TIME,
                "时间",
                "Time",
                required=False,
                hint_zh="不填为下发时刻",
                hint_en="absent: the moment it is sent",
            ),
        ),
    ),
    Rule(
        "1014",
        ("2025",),
        (
            Parameter(
                "SKCreateTime",
                _T.TEXT,
                "密钥生成时间",
                "Key made at",
                required=False,
                pattern="[0-9]{17}",
                hint_zh="不填为下发时刻",
                hint_en="absent: the moment it is sent",
                item=1,
            ),
            Parameter(
                "NewSK",
                _T.SECRET,
                "新密钥",
                "New key",
                required=False,
                pattern="[0-9A-Za-z]{16}",
                hint_zh="不填由网关随机生成(推荐)",
                hint_en="absent: made at random by the gateway (better)",
                item=1,
            ),
        ),
    ),
    Rule("1021", ("2005",), (_POL_ID._replace(repeats=True),)),
    Rule(
        "1022",
        ("2005",),
        (
            Parameter("<factor>-LowValue", _T.NUMBER, "报警下限", "Low limit", repeats=True, item=1),
            Parameter("<factor>-UpValue", _T.NUMBER, "报警上限", "Upper limit", repeats=True, item=1),
        ),
    ),
    Rule("1031", ("2005",)),
    Rule("1032", ("2005",), (Parameter("AlarmTarget", _T.TEXT, "上位机地址", "Host address"),)),
    Rule("1041", ("2005",)),
    Rule(
        "1042",
        ("2005",),
        (Parameter("ReportTime", _T.TEXT, "上报时间", "Report time", pattern="([01][0-9]|2[0-3])[0-5][0-9]"),),
    ),
    Rule("1061", _ALL),
    Rule(
        "1062",
        _ALL,
        (
            Parameter(
                "RtdInterval", _T.INTEGER, "实时数据间隔", "Real-time interval", minimum=30, maximum=3600, unit="s"
            ),
        ),
    ),
    Rule("1063", _NEW),
    Rule("1064", _NEW, (Parameter("MinInterval", _T.CHOICE, "分钟数据间隔", "Minute interval", choices=_MINUTES),)),
    Rule("1072", _NEW, (_NEW_PW,)),
    Rule("1072", ("2005",), (_NEW_PW._replace(wire="PW"),)),
    Rule("2011", _ALL),
    Rule("2011", ("2025",), _SPAN, form="electricity"),
    Rule("2012", _ALL),
    Rule("2013", ("2025",), _SPAN),
    Rule("2021", _ALL),
    Rule("2022", _ALL),
    *(
        Rule(command, editions, span)
        for command in ("2031", "2041", "2051", "2061")
        for editions, span in ((_NEW, _SPAN), (("2005",), _SPAN_2005))
    ),
    Rule("2052", ("2025",), _SPAN),
    Rule("2062", ("2025",), _SPAN),
    Rule("2071", ("2005",), _SPAN_2005),
    Rule("3011", ("2005",), (_POL_ID_2005,)),
    Rule("3011", ("2017",), (_POL_ID,)),
    Rule(
        "3011",
        ("2025",),
        (
            _POL_ID._replace(item=1),
            Parameter("CalibrationType", _T.CHOICE, "校准类型", "Calibration", choices=_TWO_ENDS, item=1),
        ),
    ),
    *(
        Rule(command, editions, (pol_id,))
        for command in ("3012", "3013")
        for editions, pol_id in ((_NEW, _POL_ID), (("2005",), _POL_ID_2005))
    ),
    Rule(
        "3014",
        ("2005",),
        (
            _POL_ID_2005._replace(item=1),
            Parameter(
                "CTime", _T.INTEGER, "采样时刻", "Sampling hours", repeats=True, minimum=0, maximum=23, unit="h", item=1
            ),
        ),
    ),
    Rule("3014", ("2017",), (_POL_ID,)),
    Rule("3015", ("2017",)),
    Rule(
        "3016",
        ("2017",),
        (
            _POL_ID,
            Parameter(
                "CstartTime",
                _T.TEXT,
                "首次采样时间",
                "First sampling",
                pattern="([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]",
                unit="hhmmss",
            ),
            Parameter("Ctime", _T.INTEGER, "采样周期", "Sampling period", minimum=1, maximum=24, unit="h"),
        ),
    ),
    Rule("3017", ("2017",), (_POL_ID,)),
    Rule("3018", _NEW, (_POL_ID,)),
    Rule("3019", _NEW, (_POL_ID,)),
    Rule(
        "3020",
        _NEW,
        (
            _ANALYSER,
            Parameter("InfoId", _T.INFO, "信息编码", "Information code"),
            _BEGIN._replace(required=False, item=3, hint_zh="仅日志", hint_en="logs only"),
            _END._replace(required=False, item=3, hint_zh="仅日志", hint_en="logs only"),
        ),
    ),
    Rule(
        "3021",
        _NEW,
        (
            _ANALYSER,
            Parameter("InfoId", _T.INFO, "信息编码", "Information code"),
            Parameter("<info>-Info", _T.TEXT, "参数值", "Value"),
        ),
    ),
    Rule("3022", ("2025",), (_POL_ID,)),
    Rule("3024", ("2025",), (_POL_ID,)),
)

SECRETS: Final = frozenset(
    spelled
    for rule in RULES
    for parameter in rule.parameters
    if parameter.type is _T.SECRET
    for spelled in (parameter.name, parameter.wire)
    if spelled
)
"""Names of parameters that are shown to nobody."""

_NOT_REPEATABLE_SETS: Final = frozenset({"1002", "1014", "1072"})


def rules_of(command: str, edition: str) -> tuple[Rule, ...]:
    """Return the forms of a command in an edition, none when the edition does not have it towards a device."""
    year = "2025" if edition == Edition.SURFACE_WATER.value else edition
    return tuple(rule for rule in RULES if rule.command == command and year in rule.editions)


def is_repeatable(command: str) -> bool:
    """Whether a command may be sent again when nobody knows whether the device has carried it out.

    Asking, setting a value again and stopping a stream change nothing the second time; taking a sample, calibrating and cleaning
    do, and identity, password and key may have changed under us.
    """
    kinds = {rule.row.kind for rule in RULES if rule.command == command}
    return bool(kinds) and "control" not in kinds and command not in _NOT_REPEATABLE_SETS
