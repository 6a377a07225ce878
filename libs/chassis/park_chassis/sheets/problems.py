"""What is wrong with one value, said in both languages."""

from msgspec import Struct


class Problem(Struct, frozen=True):
    """One error of one cell or form field: `column` is the field's name, `value` the text that was given."""

    column: str
    value: str
    what_zh: str
    what_en: str


class BadCell(Exception):
    """Raised by a cell reader when the text is not a value of its field."""

    def __init__(self, what_zh: str, what_en: str) -> None:
        super().__init__(what_en)
        self.what_zh = what_zh
        self.what_en = what_en
