"""Plausible CP content for every command form, for simulators, the conformance kit and tests.

The numbers are made up; names, codes and shapes are those of the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from .code_types import CommandForm
from .editions import Edition
from .encoding import Cp

_PLAIN: Final[Mapping[str, str]] = {
    "OverTime": "5",
    "ReCount": "3",
    "WarnTime": "5",
    "RtdInterval": "30",
    "MinInterval": "10",
    "NewPW": "654321",
    "NewSK": "A1b2C3d4E5f6G7h8",
    "AlarmTarget": "10086",
    "ReportTime": "0130",
    "AlarmType": "1",
    "VaseNo": "1",
    "CstartTime": "000000",
    "Ctime": "2",
    "CTime": "04",
    "Stime": "60",
    "InfoId": "i12001",
    "CalibrationType": "0",
    "i23005-Info": "LOGGER0001",
    "i23006-Info": "A800200A8C6D",
    "i23007-Info": "A763742C1AE0",
    "i23008-Info": "A763742C1AE1",
}
_VALUES: Final[Mapping[str, str]] = {
    "Rtd": "35.2",
    "ZsRtd": "36.1",
    "Cou": "2142.0",
    "Min": "30.1",
    "Avg": "35.4",
    "Max": "40.9",
    "ZsMin": "31.0",
    "ZsAvg": "36.3",
    "ZsMax": "41.7",
    "RawAvg": "35.3",
    "Flag": "N",
    "EFlag": "A01",
    "SN": "010000A8900016F000169DC0",
    "Info": "0",
    "<infoId>": "0",
    "LowValue": "1.1",
    "UpValue": "99.9",
    "Ala": "120.5",
    "RS": "1",
    "RT": "23.5",
    "Data": "53.2",
    "DayData": "55.0",
    "NightData": "45.1",
    "SampleType": "0",
    "SampleRd": "50.3",
    "StandardValue": "50.0",
    "ResultType": "1",
}
_TIMES: Final[Mapping[str, timedelta]] = {
    "DataTime": timedelta(),
    "SystemTime": timedelta(),
    "AlarmTime": timedelta(),
    "BeginTime": timedelta(hours=-2),
    "EndTime": timedelta(hours=-1),
    "RestartTime": timedelta(minutes=-5),
    "SampleTime": timedelta(minutes=-30),
    "CompleteTime": timedelta(minutes=-1),
}
_TIME_FORMAT: Final = "%Y%m%d%H%M%S"


def sample_cp(form: CommandForm, edition: Edition, at: datetime) -> Cp:
    """Return items with every field the table lists for `form`, dated near `at` (naive wall time)."""
    legacy = edition is Edition.HJT_2005
    factor = "011" if legacy else "w01018"
    items: list[dict[str, str]] = []
    for field in form.cp_fields:
        if field == "QN":
            continue  # an answer of 2005: the session puts it in
        name, dash, attribute = field.partition("-")
        owner = {"xxxxxx": factor, "xxx": factor, "SBx": "SB1", "<infoId>": "i12001"}.get(name, name)
        if form.cn == "2111":
            owner = "a01901" if dash else owner
        if form.cn == "2052" and dash:
            owner = "Leq"
        key = f"{owner}-{'i13001' if attribute == '<infoId>' else attribute}" if dash else _spelled(field, form, legacy)
        _add(items, key, _text(field, attribute, factor, at), owner if dash else None)
    return items


def _spelled(field: str, form: CommandForm, legacy: bool) -> str:
    return "PW" if legacy and form.cn == "1072" and field == "NewPW" else field


def _text(field: str, attribute: str, factor: str, at: datetime) -> str:
    name = attribute or field
    if name in _TIMES:
        return (at + _TIMES[name]).strftime(_TIME_FORMAT)
    if name == "SKCreateTime":
        return at.strftime(_TIME_FORMAT) + "000"
    if name in ("PolId", "PolID"):
        return factor
    return _PLAIN.get(field) or _VALUES[name]


def _add(items: list[dict[str, str]], key: str, text: str, owner: str | None) -> None:
    """Attributes of one factor form one item; every other field is an item of its own."""
    if owner is not None and items and any(other.startswith(f"{owner}-") for other in items[-1]):
        items[-1][key] = text
    else:
        items.append({key: text})
