"""Deviations and reasons of rejection in Chinese, beside the English of hj212.FACTS; a test holds the tables together."""

from typing import Final, NamedTuple

from hj212 import Deviation, Reason

from hj212_gateway.domain.admission import DETAILS, Refusal

_D = Deviation


class ChineseFact(NamedTuple):
    """What is seen, and what usually causes it."""

    what: str
    cause: str


DEVIATIONS_ZH: Final[dict[Deviation, ChineseFact]] = {
    _D.CRC_LOWERCASE: ChineseFact("CRC 为小写十六进制", "固件用 %04x 打印"),
    _D.CRC_UNPADDED: ChineseFact("CRC 不足 4 位", "十六进制未补零"),
    _D.CRC_ALGORITHM: ChineseFact("CRC 用了别的算法(按设备配置容许)", "把 CRC-16/MODBUS 或 ARC 当作 HJ 212 的算法"),
    _D.CRC_UNCHECKED: ChineseFact("未校验 CRC(按设备配置)", "设备不发送可用的 CRC"),
    _D.NO_CRLF: ChineseFact("CRC 后没有回车换行", "漏写包尾"),
    _D.LF_ONLY: ChineseFact("包尾只有换行", "以文本方式输出"),
    _D.CR_ONLY: ChineseFact("包尾只有回车", "串口终端习惯"),
    _D.STARS_AFTER_CRC: ChineseFact("CRC 与回车换行之间有 **", "某平台的控制标记"),
    _D.LENGTH_3_DIGITS: ChineseFact("数据段长度只有 3 位", "长度未补零"),
    _D.LENGTH_WRONG: ChineseFact("声明的长度不符,但实际包尾处 CRC 正确", "按字符数而不是字节数计算长度"),
    _D.SEGMENT_TOO_LONG: ChineseFact("数据段超过 1024 字节", "数据未分包"),
    _D.GB18030_TEXT: ChineseFact("文字为 GB18030 而不是 UTF-8", "中文 Windows 或固件的默认编码"),
    _D.UNDECODABLE_TEXT: ChineseFact("既不是 UTF-8 也不是 GB18030 的字节", "CP 内有二进制数据"),
    _D.CIPHER_AS_TEXT: ChineseFact("密文以十六进制文字或 {0x..} 列表发送", "照抄标准的印刷示例"),
    _D.QN_MISSING: ChineseFact("缺少请求编码 QN", "新版包头沿用 2005 版写法"),
    _D.QN_FORMAT: ChineseFact("QN 不是 17 位数字", "用了别的时间格式"),
    _D.ST_FORMAT: ChineseFact("缺少系统编码 ST,或不是 2 位", "自定系统编码"),
    _D.CN_FORMAT: ChineseFact("命令编码 CN 不是 4 位数字", "固件错误"),
    _D.PW_MISSING: ChineseFact("缺少访问密码 PW", "漏写字段"),
    _D.PW_EMPTY: ChineseFact("访问密码 PW 为空", "未配置密码"),
    _D.PW_FORMAT: ChineseFact("访问密码不是 6 位字母或数字", "自定密码规则"),
    _D.MN_MISSING: ChineseFact("缺少设备标识 MN", "漏写字段"),
    _D.MN_EMPTY: ChineseFact("设备标识 MN 为空", "未配置标识"),
    _D.MN_FORMAT: ChineseFact("MN 不合该版本的格式", "新版包头下沿用 2005 版或自定编号"),
    _D.FLAG_MISSING: ChineseFact("缺少标志位 Flag", "新版包头沿用 2005 版写法"),
    _D.FLAG_FORMAT: ChineseFact("Flag 不是 0 至 255 的数", "固件错误"),
    _D.VERSION_BITS: ChineseFact("版本位不属于任何已知版本", "自定方言"),
    _D.SPLIT_BIT_WITHOUT_PNUM: ChineseFact("有分包位但没有 PNUM/PNO", "照抄 2005 版的 Flag=3"),
    _D.PNUM_WITHOUT_SPLIT_BIT: ChineseFact("有 PNUM/PNO 但没有分包位", "固件错误"),
    _D.PACKET_NUMBER: ChineseFact("PNUM/PNO 不满足 1 ≤ PNO ≤ PNUM 或位数不符", "固件错误"),
    _D.RESEND_FIELD: ChineseFact("RF 不是 RF=1,或在 2025 版之前出现", "固件习惯"),
    _D.HEADER_ORDER: ChineseFact("包头字段顺序不同", "按映射自身的顺序输出"),
    _D.HEADER_SEPARATOR: ChineseFact("包头分隔符多余、错误或缺失", "照抄表 C.19 的印刷错误"),
    _D.HEADER_CASE: ChineseFact("包头字段名大小写不符", "2005 版设备写作 FLAG="),
    _D.HEADER_BLANKS: ChineseFact("包头内有空格", "照抄带空格的印刷示例"),
    _D.HEADER_UNKNOWN_FIELD: ChineseFact("包头有标准以外的字段", "自定字段"),
    _D.HEADER_REPEATED_FIELD: ChineseFact("包头字段重复(以第一个为准)", "固件错误"),
    _D.CP_MISSING: ChineseFact("没有 CP", "不带数据的应答"),
    _D.CP_UNCLOSED: ChineseFact("CP 没有以 && 结束", "文字被截断"),
    _D.CP_TOO_LONG: ChineseFact("CP 超过上限(950;2005 版 960)", "数据未分包"),
    _D.CP_BLANKS: ChineseFact("键或值的前后有空格", "照抄表 C.2、C.25 带空格的示例"),
    _D.CP_EMPTY_ITEM: ChineseFact("空数据项(;; 或末尾多余的分隔符)", "循环多打印了一个 ;"),
    _D.CP_NO_EQUALS: ChineseFact("数据项没有 =", "固件错误"),
    _D.CP_EMPTY_VALUE: ChineseFact("值为空:按缺失处理,不当作 0", "通道没有数值"),
    _D.CP_COMMA_BETWEEN_ITEMS: ChineseFact("不同因子之间用了逗号", "所有分隔都用同一符号"),
    _D.CP_ITEM_TORN: ChineseFact("同一因子的属性分在几个数据项中", "以 ; 代替 , 或重复"),
    _D.CP_PLACEHOLDER: ChineseFact("发送了占位的省略号", "照抄示例"),
    _D.ATTRIBUTE_SPELLING: ChineseFact("属性拼写错误(-td、-Rtd-Rtd、--Avg)", "固件错误;表 C.16 至 C.18 印作 --Avg"),
    _D.DATA_TIME_FORMAT: ChineseFact("DataTime 不是有效的 14 位时间", "后面带了毫秒"),
}

REFUSALS_ZH: Final[dict[Refusal, str]] = {
    Refusal.UNKNOWN_MN: "MN 不在设备档案中",
    Refusal.INACTIVE_DEVICE: "设备已登记但停用",
    Refusal.WRONG_PASSWORD: "访问密码与登记的不符",
    Refusal.NO_DATA_TIME: "数据命令缺少 DataTime",
    Refusal.UNSUPPORTED_COMMAND: "作为证据保留;此命令不产生测值",
}

REASONS_ZH: Final[dict[str, str]] = {
    Reason.NOISE.value: "不属于任何数据包的字节",
    Reason.NO_HEADER.value: "没有包头 ##",
    Reason.LENGTH_FIELD.value: "长度字段不是数字",
    Reason.LENGTH_LIMIT.value: "声明的长度超过上限",
    Reason.INCOMPLETE.value: "数据包不完整",
    Reason.LENGTH_MISMATCH.value: "声明的长度与实际不符",
    Reason.CRC_MISSING.value: "缺少 CRC",
    Reason.CRC_MISMATCH.value: "CRC 校验不符",
    Reason.TAIL.value: "包尾错误",
    Reason.TRAILING_BYTES.value: "包尾之后还有字节",
    Reason.HEADER.value: "包头无法识别",
    Reason.ENCRYPTED.value: "内容已加密,没有可用的密钥",
    Reason.NOT_TOLERATED.value: "有所用规则不容许的偏差",
    **{refusal.value: text for refusal, text in REFUSALS_ZH.items()},
}

REASONS_EN: Final[dict[str, str]] = {
    Reason.NOISE.value: "bytes that belong to no frame",
    Reason.NO_HEADER.value: "no ## at the beginning",
    Reason.LENGTH_FIELD.value: "the length is no number",
    Reason.LENGTH_LIMIT.value: "the declared length is above the limit",
    Reason.INCOMPLETE.value: "the frame is not complete",
    Reason.LENGTH_MISMATCH.value: "the declared length is not the real one",
    Reason.CRC_MISSING.value: "no CRC",
    Reason.CRC_MISMATCH.value: "the CRC does not fit",
    Reason.TAIL.value: "the end of the frame is wrong",
    Reason.TRAILING_BYTES.value: "bytes follow the end of the frame",
    Reason.HEADER.value: "the header cannot be read",
    Reason.ENCRYPTED.value: "encrypted, and there is no key",
    Reason.NOT_TOLERATED.value: "departs from the standard in a way that is not tolerated",
    **{refusal.value: text for refusal, text in DETAILS.items()},
}
