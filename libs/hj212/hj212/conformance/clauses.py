"""Which printed example a dialogue follows: (CN, kind of the command form) to the table of the appendix.

2017: appendix C. 2025: appendix C as indexed by public implementers (existence high, numbers medium confidence).
HJ/T 212-2005 does not number its examples.
"""

from __future__ import annotations

from typing import Final

from ..editions import Edition

_C_2017: Final[dict[tuple[str, str], str]] = {
    ("1000", "set"): "C.1",
    ("1011", "get"): "C.2",
    ("1012", "set"): "C.3",
    ("1013", "notice"): "C.4",
    ("1061", "get"): "C.5",
    ("1062", "set"): "C.6",
    ("1063", "get"): "C.7",
    ("1064", "set"): "C.8",
    ("1072", "set"): "C.9",
    ("2011", "get"): "C.10",
    ("2012", "notice"): "C.11",
    ("2021", "get"): "C.12",
    ("2022", "notice"): "C.13",
    ("2011", "upload"): "C.14",
    ("2021", "upload"): "C.15",
    ("2051", "upload"): "C.16",
    ("2061", "upload"): "C.17",
    ("2031", "upload"): "C.18",
    ("2041", "upload"): "C.19",
    ("2051", "get"): "C.20",
    ("2061", "get"): "C.21",
    ("2031", "get"): "C.22",
    ("2041", "get"): "C.23",
    ("2081", "upload"): "C.24",
    ("3011", "control"): "C.30",
    ("3012", "control"): "C.31",
    ("3013", "control"): "C.32",
    ("3014", "control"): "C.33",
    ("3015", "control"): "C.34",
    ("3015", "upload"): "C.34",
    ("3016", "set"): "C.35",
    ("3017", "get"): "C.36",
    ("3018", "get"): "C.37",
    ("3019", "get"): "C.38",
    ("3019", "upload"): "C.39",
    ("3020", "upload"): "C.40",
    ("3020", "get"): "C.41",
    ("3021", "set"): "C.46",
}
_C_2025: Final[dict[tuple[str, str], str]] = {
    ("1000", "set"): "C.1",
    ("1001", "notice"): "C.2",
    ("1002", "set"): "C.3",
    ("1011", "get"): "C.4",
    ("1012", "set"): "C.5",
    ("1013", "notice"): "C.6",
    ("1014", "notice"): "C.7",
    ("1014", "set"): "C.8",
    ("1061", "get"): "C.9",
    ("1062", "set"): "C.10",
    ("1063", "get"): "C.11",
    ("1064", "set"): "C.12",
    ("1072", "set"): "C.13",
    ("2011", "get"): "C.14",
    ("2012", "notice"): "C.15",
    ("2021", "get"): "C.16",
    ("2022", "notice"): "C.17",
    ("2011", "upload"): "C.18",
    ("2021", "upload"): "C.19",
    ("2051", "upload"): "C.20",
    ("2061", "upload"): "C.21",
    ("2031", "upload"): "C.22",
    ("2041", "upload"): "C.23",
    ("2051", "get"): "C.24",
    ("2061", "get"): "C.25",
    ("2031", "get"): "C.26",
    ("2013", "get"): "C.27",
    ("2013", "upload"): "C.28",
    ("2041", "get"): "C.29",
    ("2081", "upload"): "C.30",
    ("2111", "upload"): "C.31",
    ("2052", "upload"): "C.34",
    ("3011", "control"): "C.41",
    ("3012", "control"): "C.42",
    ("3013", "control"): "C.43",
    ("3018", "get"): "C.44",
    ("3019", "get"): "C.45",
    ("3019", "upload"): "C.46",
    ("3020", "upload"): "C.47",
    ("3020", "get"): "C.48",
    ("3021", "set"): "C.53",
    ("9015", "interaction"): "C.54",
    ("2062", "upload"): "C.59",
    ("2062", "get"): "C.60",
    ("3024", "control"): "C.61",
    ("3022", "control"): "C.62",
    ("3015", "upload"): "C.63",
}


def clause_of(cn: str, kind: str, edition: Edition) -> str:
    """Return the clause a dialogue is printed in, with its standard; the section of the rules if it has no example."""
    if edition is Edition.HJT_2005:
        return "HJ/T 212-2005 C"
    tables = {Edition.HJ_2017: ("HJ 212-2017", _C_2017), Edition.HJ_2025: ("HJ 212-2025", _C_2025)}
    standard, table = tables.get(edition, ("HJ 212-2017", _C_2017))
    return f"{standard} {table.get((cn, kind), '6.4')}"
