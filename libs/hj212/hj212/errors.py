"""Errors of the library.

    Hj212Error
    +-- RemoteProtocolError   the bytes that came in are not a frame this profile takes (device, vendor)
    +-- LocalProtocolError    what the caller asked to send, or the order of its calls, is not allowed (programmer)

A ``RemoteProtocolError`` carries its facts as attributes; its reason is a closed enum, fit for a metric label.
"""

from __future__ import annotations

import enum
from collections.abc import Collection

from .deviations import Deviation


class Reason(enum.StrEnum):
    """Why bytes were refused."""

    NOISE = "noise"
    NO_HEADER = "no_header"
    LENGTH_FIELD = "length_field"
    LENGTH_LIMIT = "length_limit"
    INCOMPLETE = "incomplete"
    LENGTH_MISMATCH = "length_mismatch"
    CRC_MISSING = "crc_missing"
    CRC_MISMATCH = "crc_mismatch"
    TAIL = "tail"
    TRAILING_BYTES = "trailing_bytes"
    HEADER = "header"
    ENCRYPTED = "encrypted"
    NOT_TOLERATED = "not_tolerated"


class Hj212Error(Exception):
    """Base of all errors of this package."""


class RemoteProtocolError(Hj212Error):
    """Received bytes are not a frame under the profile in use.

    `reason` is the closed cause; `reply_code` the QnRtn to answer if an answer is due at all (HJ 212-2017 table 5),
    else None; `offset` the byte in the frame where the fault shows; `deviations` what the profile did not tolerate.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        reply_code: int | None = None,
        offset: int = 0,
        deviations: Collection[Deviation] = (),
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.reply_code = reply_code
        self.offset = offset
        self.deviations = frozenset(deviations)

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.message}"


class LocalProtocolError(Hj212Error):
    """The caller asked for something the standard does not allow to be sent."""

    def __init__(self, message: str, *, deviations: Collection[Deviation] = ()) -> None:
        super().__init__(message)
        self.deviations = frozenset(deviations)
