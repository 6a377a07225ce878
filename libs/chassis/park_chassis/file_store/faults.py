"""Why a file is not taken."""

REASONS = (
    "empty", "too-large", "type", "cut-short", "not-an-image", "too-many-pixels", "blank", "no-signer", "encrypted",
    "active-content", "too-long",
)  # fmt: skip
"""Closed list: these are metric labels."""


class BadFile(Exception):
    """The upload is not taken. `media` is what it was taken for; `reason` is one of REASONS; zh and en say what and why."""

    def __init__(self, media: str, reason: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.media = media
        self.reason = reason
        self.zh = zh
        self.en = en
