"""What each rule looks for and on what it stands, as one sentence in both languages. The library's table has short forms only."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule finds, and the kind of source behind it (key of `BASES`)."""

    zh: str
    en: str
    basis: str


BASES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "practice": ("行业实践:公开平台与规则集", "practice: published platforms and rule sets"),
        "design": ("平台设计默认值", "default of this platform"),
        "power": ("用电监管实践", "practice of power monitoring"),
        "fraud": (
            "环境监测数据弄虚作假行为判定及处理办法 第四、五条",
            "national method on judging monitoring-data fraud, art. 4 and 5",
        ),
        "gas-standard": ("HJ 75(固定污染源烟气排放连续监测技术规范)与行业实践", "HJ 75 and practice"),
        "water-standard": ("HJ 356(水污染源在线监测数据有效性判别)与行业实践", "HJ 356 and practice"),
        "quality-control": ("HJ 75、HJ 355 质控间隔", "intervals of HJ 75 and HJ 355"),
        "furnace": (
            "GB 18485、GB 18484 与生活垃圾焚烧管理规定",
            "GB 18485, GB 18484 and the order on waste incineration",
        ),
        "transmission": ("HJ 212 通信实践", "practice of HJ 212"),
        "order": ("重污染天气应急减排指令与用电监管实践", "heavy-pollution orders and practice of power monitoring"),
    }
)

RULE_WORDS: Mapping[str, RuleWords] = MappingProxyType(
    {
        "AN01": RuleWords(
            "数值长时间不变:废气 4 小时内几乎无波动,废水连续 6 次结果相同",
            "the value stands still: gas hardly varies over 4 h, water gives six identical results",
            "water-standard",
        ),
        "AN02": RuleWords("生产时读数为零或低于检出限", "zero or below the detection limit while running", "practice"),
        "AN03": RuleWords("负值超过零点漂移允许范围", "negative beyond what zero drift allows", "gas-standard"),
        "AN04": RuleWords(
            "读数达到量程的 98 % 或带超量程标记", "98 % of the range and more, or marked over range", "practice"
        ),
        "AN05": RuleWords(
            "量程大于限值的 3 倍或小于 1.2 倍", "range above 3 times or below 1.2 times the limit", "design"
        ),
        "AN06": RuleWords(
            "与此前 30 个值的均值相差超过 3 倍标准差,且一步变化超过限值的 20 %",
            "more than 3 sigma from the 30 values before and a step of more than 20 % of the limit",
            "practice",
        ),
        "AN07": RuleWords(
            "接近限值后一两个周期内突降到一半以下,且负荷未变",
            "near the limit, then below half of it within one or two periods without a change of load",
            "practice",
        ),
        "AN08": RuleWords(
            "大量数值压在限值下方或等于同一封顶值", "many values just below the limit or at one cap", "practice"
        ),
        "AN09": RuleWords(
            "与此前某日或其他排口的曲线几乎相同", "nearly the same curve as another day or another outlet", "practice"
        ),
        "AN10": RuleWords(
            "曲线按固定周期重复,且不是工艺周期",
            "the curve repeats at a period that is not that of the process",
            "practice",
        ),
        "AN11": RuleWords("数采仪时钟与平台相差过大", "the logger's clock is off", "transmission"),
        "AN12": RuleWords(
            "燃烧运行时含氧量过高,疑似漏风或稀释", "oxygen too high while burning: air leaks in or dilutes", "practice"
        ),
        "AN13": RuleWords("燃烧运行时含氧量过低", "oxygen too low while burning", "design"),
        "AN14": RuleWords(
            "上报折算浓度与按含氧量重算的不符",
            "the converted value sent differs from the one recomputed by oxygen",
            "practice",
        ),
        "AN15": RuleWords("烟气流速超出合理范围", "flue gas velocity outside what is reasonable", "practice"),
        "AN16": RuleWords("烟气量与生产负荷推算的不符", "flue gas flow does not fit the load", "practice"),
        "AN17": RuleWords(
            "伴热管温度偏低或冷凝器温度偏高", "heated line too cold or condenser too warm", "gas-standard"
        ),
        "AN18": RuleWords("氨氮大于总氮", "ammonia nitrogen above total nitrogen", "practice"),
        "AN19": RuleWords(
            "化学需氧量小于生化需氧量或高锰酸盐指数", "COD below BOD5 or the permanganate index", "practice"
        ),
        "AN20": RuleWords(
            "pH 24 小时几乎不变、一小时变化超过 2 或超出 2–12",
            "pH hardly varies over 24 h, moves more than 2 within an hour, or lies outside 2 to 12",
            "practice",
        ),
        "AN21": RuleWords("化学需氧量去除率过高,疑似稀释", "COD removal too high: dilution is suspected", "practice"),
        "AN22": RuleWords(
            "挥发性有机物各组分之和大于非甲烷总烃", "the sum of the components lies above NMHC", "practice"
        ),
        "AN23": RuleWords(
            "有负荷时非甲烷总烃恒定或为零,疑似 FID 熄火",
            "NMHC constant or zero under load: the flame is out",
            "practice",
        ),
        "AN24": RuleWords("生产设施运行而治理设施未运行", "production runs and treatment does not", "power"),
        "AN25": RuleWords(
            "治理设施比生产晚启动或比生产早停止", "treatment starts after production or stops before it", "power"
        ),
        "AN26": RuleWords(
            "标记停运期间仍有运行迹象(含氧量、温度、流量)",
            "signs of operation (oxygen, temperature, flow) under the mark of a stop",
            "practice",
        ),
        "AN27": RuleWords(
            "超标小时几乎都被标记为异常", "nearly all hours over the limit carry an exempting mark", "practice"
        ),
        "AN28": RuleWords(
            "一月内多次在接近限值时计划外校准",
            "calibrations off schedule just as the limit is near, several times a month",
            "design",
        ),
        "AN29": RuleWords(
            "动态管控参数无工单变更或超出备案范围",
            "a controlled parameter changed without a work order or beyond what is filed",
            "fraud",
        ),
        "AN30": RuleWords(
            "分析仪示值与数采仪上传值不一致", "the analyser shows another value than is uploaded", "fraud"
        ),
        "AN31": RuleWords("超过应有时间没有数据包", "no packet for longer than expected", "transmission"),
        "AN32": RuleWords("数据包缺少应有因子", "a factor is missing from the packets", "practice"),
        "AN33": RuleWords(
            "标样核查偏差超限后没有按时校准", "a check was off and no calibration followed in time", "quality-control"
        ),
        "AN34": RuleWords("质控项目超过规定间隔未做", "a quality check is overdue", "quality-control"),
        "AN35": RuleWords(
            "在线值与同时段手工监测结果相差过大",
            "online values differ from the manual result of the time",
            "quality-control",
        ),
        "AN36": RuleWords(
            "焚烧炉 5 分钟平均炉温低于要求",
            "five-minute mean of the furnace temperature below what is required",
            "furnace",
        ),
        "AN37": RuleWords(
            "脱硫未运行而出口二氧化硫很低", "outlet SO2 very low although the scrubber does not run", "design"
        ),
        "AN38": RuleWords(
            "排水量与取水量之比偏离 30 天均值过多", "discharge over intake far from its 30-day mean", "design"
        ),
        "AN39": RuleWords(
            "外排泵运行而无流量,或停泵仍有流量", "pump runs without flow, or flow without pump", "design"
        ),
        "AN40": RuleWords("一周内多夜夜间排放明显高于昼间", "several nights of a week far above the days", "design"),
        "AN41": RuleWords(
            "无工单开门或管理员登录前后一小时内数据突变",
            "door or administrator without a work order within an hour of a sudden change",
            "fraud",
        ),
        "AN42": RuleWords("站房电压超出 180–250 V 或断电", "station voltage outside 180 to 250 V, or off", "design"),
        "AN43": RuleWords(
            "负荷正常而日均值低于近 30 天 5 % 分位数的一半",
            "daily mean below half of its 30-day 5 % quantile at normal load",
            "practice",
        ),
        "AN44": RuleWords(
            "上传日累计与自算累计相差过大", "the uploaded total of the day differs from ours", "practice"
        ),
        "AN45": RuleWords(
            "旧包换新 QN 重放,或同一 QN 内容不同",
            "an old packet under a new QN, or one QN with other content",
            "transmission",
        ),
        "AN46": RuleWords(
            "当月有效小时占运行小时不足九成", "fewer than 90 % of the month's running hours are valid", "water-standard"
        ),
        "ORDER": RuleWords(
            "重污染天气减排指令期间用电、工况或流量高于允许比例",
            "power, load or flow above the ordered share during a heavy-pollution order",
            "order",
        ),
    }
)
