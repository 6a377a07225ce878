"""Every named tolerance: how received frames depart from the standard, what causes it, which clause says otherwise.

A lenient profile takes these and names them on the packet; the strict profile refuses each of them.
Clauses are of HJ 212-2017 unless another edition is named.
"""

from __future__ import annotations

import enum
from typing import Final, NamedTuple


class Deviation(enum.StrEnum):
    """A departure from the standard that a profile may tolerate."""

    # framing
    CRC_LOWERCASE = "crc_lowercase"
    CRC_UNPADDED = "crc_unpadded"
    CRC_ALGORITHM = "crc_algorithm"
    CRC_UNCHECKED = "crc_unchecked"
    NO_CRLF = "no_crlf"
    LF_ONLY = "lf_only"
    CR_ONLY = "cr_only"
    STARS_AFTER_CRC = "stars_after_crc"
    LENGTH_3_DIGITS = "length_3_digits"
    LENGTH_WRONG = "length_wrong"
    SEGMENT_TOO_LONG = "segment_too_long"
    GB18030_TEXT = "gb18030_text"
    UNDECODABLE_TEXT = "undecodable_text"
    CIPHER_AS_TEXT = "cipher_as_text"
    # header
    QN_MISSING = "qn_missing"
    QN_FORMAT = "qn_format"
    ST_FORMAT = "st_format"
    CN_FORMAT = "cn_format"
    PW_MISSING = "pw_missing"
    PW_EMPTY = "pw_empty"
    PW_FORMAT = "pw_format"
    MN_MISSING = "mn_missing"
    MN_EMPTY = "mn_empty"
    MN_FORMAT = "mn_format"
    FLAG_MISSING = "flag_missing"
    FLAG_FORMAT = "flag_format"
    VERSION_BITS = "version_bits"
    SPLIT_BIT_WITHOUT_PNUM = "split_bit_without_pnum"
    PNUM_WITHOUT_SPLIT_BIT = "pnum_without_split_bit"
    PACKET_NUMBER = "packet_number"
    RESEND_FIELD = "resend_field"
    HEADER_ORDER = "header_order"
    HEADER_SEPARATOR = "header_separator"
    HEADER_CASE = "header_case"
    HEADER_BLANKS = "header_blanks"
    HEADER_UNKNOWN_FIELD = "header_unknown_field"
    HEADER_REPEATED_FIELD = "header_repeated_field"
    # CP
    CP_MISSING = "cp_missing"
    CP_UNCLOSED = "cp_unclosed"
    CP_TOO_LONG = "cp_too_long"
    CP_BLANKS = "cp_blanks"
    CP_EMPTY_ITEM = "cp_empty_item"
    CP_NO_EQUALS = "cp_no_equals"
    CP_EMPTY_VALUE = "cp_empty_value"
    CP_COMMA_BETWEEN_ITEMS = "cp_comma_between_items"
    CP_ITEM_TORN = "cp_item_torn"
    CP_PLACEHOLDER = "cp_placeholder"
    ATTRIBUTE_SPELLING = "attribute_spelling"
    DATA_TIME_FORMAT = "data_time_format"


class DeviationFact(NamedTuple):
    """Clause that is broken, what is seen, what causes it, and the QnRtn a request with it earns (None: none)."""

    clause: str
    meaning: str
    cause: str
    reply_code: int | None = None


_D = Deviation
FACTS: Final[dict[Deviation, DeviationFact]] = {
    _D.CRC_LOWERCASE: DeviationFact("6.3.1", "CRC in lower-case hex", "printf %04x in the firmware"),
    _D.CRC_UNPADDED: DeviationFact("6.3.1", "CRC shorter than 4 digits", "hex printed without zero padding"),
    _D.CRC_ALGORITHM: DeviationFact(
        "appendix A", "CRC of another algorithm (device profile)", "CRC-16/MODBUS or ARC code taken for HJ 212", 9
    ),
    _D.CRC_UNCHECKED: DeviationFact("appendix A", "CRC not checked (device profile)", "device sends no usable CRC", 9),
    _D.NO_CRLF: DeviationFact("6.3.1", "no CR LF after the CRC", "terminator forgotten"),
    _D.LF_ONLY: DeviationFact("6.3.1", "LF alone ends the frame", "text-mode output"),
    _D.CR_ONLY: DeviationFact("6.3.1", "CR alone ends the frame", "serial terminal habit"),
    _D.STARS_AFTER_CRC: DeviationFact("6.3.1", "** between CRC and CR LF", "control marker of one platform"),
    _D.LENGTH_3_DIGITS: DeviationFact("6.3.1", "length of 3 digits", "length printed without zero padding"),
    _D.LENGTH_WRONG: DeviationFact(
        "6.3.1", "declared length differs, the CRC at the real end is right", "characters counted instead of bytes"
    ),
    _D.SEGMENT_TOO_LONG: DeviationFact("6.3.1", "data segment above 1024 bytes", "report not split into packets"),
    _D.GB18030_TEXT: DeviationFact("6.6.5", "text in GB18030, not UTF-8", "Chinese Windows or firmware default"),
    _D.UNDECODABLE_TEXT: DeviationFact("6.6.5", "bytes that are neither UTF-8 nor GB18030", "binary data in CP"),
    _D.CIPHER_AS_TEXT: DeviationFact(
        "HJ 212-2025 6.4.4", "ciphertext sent as hex text or {0x..} list", "printed example taken literally"
    ),
    _D.QN_MISSING: DeviationFact("table 3", "QN missing", "2005 habit under a newer header", 7),
    _D.QN_FORMAT: DeviationFact("table 3", "QN is not 17 digits", "other time format", 7),
    _D.ST_FORMAT: DeviationFact("table 3", "ST missing or not 2 characters 0-9 A-Z", "private system code", 5),
    _D.CN_FORMAT: DeviationFact("table 3", "CN is not 4 digits", "firmware error", 8),
    _D.PW_MISSING: DeviationFact("table 3", "PW missing", "field left out", 3),
    _D.PW_EMPTY: DeviationFact("table 3", "PW empty", "password not configured", 3),
    _D.PW_FORMAT: DeviationFact("table 3", "PW is not 6 letters or digits", "private password scheme", 3),
    _D.MN_MISSING: DeviationFact("table 3", "MN missing", "field left out", 4),
    _D.MN_EMPTY: DeviationFact("table 3", "MN empty", "identity not configured", 4),
    _D.MN_FORMAT: DeviationFact(
        "table 3", "MN does not have the form of its edition", "2005 or private numbering under a newer header", 4
    ),
    _D.FLAG_MISSING: DeviationFact("table 3", "Flag missing", "2005 habit under a newer header", 6),
    _D.FLAG_FORMAT: DeviationFact("table 3", "Flag is not a number 0..255", "firmware error", 6),
    _D.VERSION_BITS: DeviationFact("table 3", "version bits of no known edition", "private dialect", 6),
    _D.SPLIT_BIT_WITHOUT_PNUM: DeviationFact("table 3", "split bit without PNUM/PNO", "Flag=3 of 2005 copied", 6),
    _D.PNUM_WITHOUT_SPLIT_BIT: DeviationFact("table 3", "PNUM/PNO without the split bit", "firmware error", 6),
    _D.PACKET_NUMBER: DeviationFact("table 3", "PNUM/PNO not 1 <= PNO <= PNUM in its width", "firmware error", 6),
    _D.RESEND_FIELD: DeviationFact("HJ 212-2025 table 3", "RF other than RF=1, or RF before 2025", "firmware habit"),
    _D.HEADER_ORDER: DeviationFact("table 3", "header fields in another order", "map printed in its own order"),
    _D.HEADER_SEPARATOR: DeviationFact("6.3.2", "stray, wrong or missing separator in the header", "misprints C.19"),
    _D.HEADER_CASE: DeviationFact("table 3", "header name in another case", "FLAG= seen in 2005 devices"),
    _D.HEADER_BLANKS: DeviationFact("6.3.2", "blanks in the header", "printed examples with blanks"),
    _D.HEADER_UNKNOWN_FIELD: DeviationFact("table 3", "header field the standard does not know", "private fields"),
    _D.HEADER_REPEATED_FIELD: DeviationFact("table 3", "header field repeated (the first counts)", "firmware error"),
    _D.CP_MISSING: DeviationFact("6.3.2", "no CP", "answer without data"),
    _D.CP_UNCLOSED: DeviationFact("6.3.3", "CP not closed by &&", "truncated text"),
    _D.CP_TOO_LONG: DeviationFact("table 3", "CP above its limit (950; 2005: 960)", "report not split into packets"),
    _D.CP_BLANKS: DeviationFact("6.3.3", "blanks around keys or values", "printed examples C.2, C.25 with blanks"),
    _D.CP_EMPTY_ITEM: DeviationFact("6.3.3", "empty item (;; or a trailing separator)", "loop prints one ; too many"),
    _D.CP_NO_EQUALS: DeviationFact("6.3.3", "item without =", "firmware error"),
    _D.CP_EMPTY_VALUE: DeviationFact("6.3.3", "value empty: read as absent, never as 0", "channel without a value"),
    _D.CP_COMMA_BETWEEN_ITEMS: DeviationFact("6.3.3", "comma between different factors", "one separator for all"),
    _D.CP_ITEM_TORN: DeviationFact("6.3.3", "attributes of one factor in several items", "; used for , or repeats"),
    _D.CP_PLACEHOLDER: DeviationFact("appendix C", "literal placeholder ... sent", "example copied"),
    _D.ATTRIBUTE_SPELLING: DeviationFact(
        "table 4", "misspelt attribute (-td, -Rtd-Rtd, --Avg)", "firmware error; tables C.16-C.18 print --Avg"
    ),
    _D.DATA_TIME_FORMAT: DeviationFact("table 4", "DataTime is not a valid 14-digit time", "milliseconds appended"),
}

CP_DEVIATIONS: Final = frozenset(
    {
        _D.CP_BLANKS,
        _D.CP_EMPTY_ITEM,
        _D.CP_NO_EQUALS,
        _D.CP_EMPTY_VALUE,
        _D.CP_COMMA_BETWEEN_ITEMS,
        _D.CP_ITEM_TORN,
        _D.CP_PLACEHOLDER,
        _D.ATTRIBUTE_SPELLING,
        _D.DATA_TIME_FORMAT,
    }
)
"""What only shows when CP is read."""
