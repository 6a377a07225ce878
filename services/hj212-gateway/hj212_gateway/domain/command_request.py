"""A request for a command, checked before it is stored: the edition knows it, its parameters are right, it can be encoded."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hj212 import Edition, Fields, LocalProtocolError, encode
from hj212.deviations import Deviation
from park_chassis.errors import Refused
from park_schemas.registry import DeviceRecord

from hj212_gateway.domain.command_parameters import Parameter, Wrong, parameter_of, value_problem
from hj212_gateway.domain.command_table import SECRETS, Rule, rules_of

Parameters = list[dict[str, str]]
CpItems = list[dict[str, str | list[str]]]
Given = Mapping[str, "str | int | float | Sequence[str | int | float]"] | Sequence[Mapping[str, str]]
"""What a caller gives: names with a value or values, or CP items in order."""


def checked_parameters(device: DeviceRecord, command: str, given: Given, at: datetime) -> CpItems:
    """Return the CP items of a request made at wall time `at`.

    Raises Refused (422): no-such-command when the device's edition has none towards a device, bad-parameters naming every
    parameter that is missing, unknown or out of its bounds.
    """
    rules = rules_of(command, device.edition)
    if not rules:
        raise Refused(
            "no-such-command",
            f"HJ 212-{device.edition} 没有下行命令 {command}",
            f"edition {device.edition} has no command {command} towards a device",
            status=422,
        )
    pairs = _pairs(given)
    rule = next((rule for rule in rules if not problems(rule, pairs)), rules[-1] if pairs else rules[0])
    if wrong := problems(rule, pairs):
        raise _bad(wrong)
    items = _items(rule, pairs)
    _encodes(device, command, with_moment(command, items, at), at)
    return items


def problems(rule: Rule, pairs: Sequence[tuple[str, str]]) -> list[Wrong]:
    """Return everything that is wrong with the parameters given for a form of a command."""
    wrong: list[Wrong] = []
    seen: dict[str, int] = {}
    for name, text in pairs:
        parameter = parameter_of(rule.parameters, name)
        if parameter is None:
            wrong.append(Wrong(name, "该命令没有此参数", "the command has no such parameter"))
            continue
        if problem := value_problem(parameter, text):
            wrong.append(Wrong(name, *problem))
        seen[parameter.name] = seen.get(parameter.name, 0) + 1
        if seen[parameter.name] > 1 and not parameter.repeats:
            wrong.append(Wrong(name, "只能给一个值", "takes one value only"))
    wrong += [
        Wrong(parameter.name, "缺少", "is missing")
        for parameter in rule.parameters
        if parameter.required and parameter.name not in seen
    ]
    return wrong + _span_problem(dict(pairs))


def _span_problem(values: Mapping[str, str]) -> list[Wrong]:
    begin, end = values.get("BeginTime"), values.get("EndTime")
    if (begin is None) is not (end is None):
        return [Wrong("EndTime" if end is None else "BeginTime", "起止时间须成对给出", "begin and end come together")]
    if begin is not None and end is not None and begin > end:
        return [Wrong("EndTime", "早于开始时间", "is before the begin")]
    return []


def _pairs(given: Given) -> list[tuple[str, str]]:
    groups: Sequence[Mapping[str, object]] = [given] if isinstance(given, Mapping) else list(given)
    return [
        (name, str(value))
        for group in groups
        for name, values in group.items()
        for value in (values if isinstance(values, list | tuple) else [values])
    ]


def _items(rule: Rule, pairs: Sequence[tuple[str, str]]) -> CpItems:
    """Return CP items in the order of the table; parameters that belong together share one, limits one a factor."""
    items: dict[tuple[int, str], dict[str, str | list[str]]] = {}
    for number, parameter in enumerate(rule.parameters):
        for name, text in pairs:
            if parameter_of(rule.parameters, name) is not parameter:
                continue
            place = _place(parameter, number, name, len(items))
            _put(items.setdefault(place, {}), parameter.wire or name, text)
    return list(items.values())


def _place(parameter: Parameter, number: int, name: str, filled: int) -> tuple[int, str]:
    if parameter.item:
        return parameter.item, name.partition("-")[0] if "<" in parameter.name else ""
    return 100 + number, str(filled) if parameter.repeats else ""


def _put(item: dict[str, str | list[str]], name: str, text: str) -> None:
    known = item.get(name)
    if known is None:
        item[name] = text
    else:
        item[name] = [*known, text] if isinstance(known, list) else [known, text]


def with_moment(command: str, items: Sequence[Mapping[str, str | list[str]]], at: datetime) -> CpItems:
    """Return the CP items to send at wall time `at`: what says "now" by its absence gets the moment of sending."""
    filled = [dict(item) for item in items]
    if command == "1012" and not any("SystemTime" in item for item in filled):
        filled.append({"SystemTime": f"{at:%Y%m%d%H%M%S}"})
    if command == "1014" and not any("SKCreateTime" in item for item in filled):
        moment: dict[str, str | list[str]] = {"SKCreateTime": f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}"}
        filled = [moment | (filled[0] if filled else {}), *filled[1:]]
    return filled


def _encodes(device: DeviceRecord, command: str, items: CpItems, at: datetime) -> None:
    edition = Edition(device.edition)
    fields = Fields(
        qn=f"{at:%Y%m%d%H%M%S}000",
        st="32",
        cn=command,
        pw=device.password,
        mn=device.mn,
        flag={Edition.HJT_2005: 1, Edition.HJ_2017: 5}.get(edition, 9),
        cp=items,
    )
    try:
        encode(fields, edition=edition, allow={Deviation.MN_FORMAT, Deviation.MN_EMPTY})
    except LocalProtocolError as error:
        raise _bad([Wrong("parameters", f"不能编码: {error}", str(error))]) from error


def _bad(wrong: list[Wrong]) -> Refused:
    listed_zh = ";".join(f"{one.where} {one.zh}" for one in wrong)
    listed = "; ".join(f"{one.where} {one.en}" for one in wrong)
    errors = [{"where": one.where, "what": one.en, "what_zh": one.zh} for one in wrong]
    return Refused("bad-parameters", f"参数不合规: {listed_zh}", f"parameters: {listed}", status=422, errors=errors)


def asks_for_history(items: Sequence[Mapping[str, object]]) -> bool:
    """Whether the data that answer are of the past (BeginTime, EndTime): they are supplementary then."""
    return any("BeginTime" in item for item in items)


def masked(items: Sequence[Mapping[str, str | list[str]]]) -> CpItems:
    """Return CP items to show to people: passwords and keys as stars."""
    return [{name: "******" if name in SECRETS else value for name, value in item.items()} for item in items]
