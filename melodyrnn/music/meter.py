"""The meter (time signature): the length of a bar and its beats.

In a compound meter (3/8, 6/8, 9/8, 12/8) a beat is three notes of length 1/denominator, in any other meter it is one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import SettingError


class Meter(NamedTuple):
    """A meter of `numerator` notes of length 1/`denominator` per bar. Files may have invalid meters, see `bar`."""

    numerator: int
    denominator: int

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @classmethod
    def parse(cls, text: str) -> Meter:
        """Return the meter of a text such as "6/8". Raises SettingError for any other text."""
        match = re.fullmatch(r"(\d{1,2})/(\d{1,2})", text)
        if match is None:
            raise SettingError(f"a meter must be like 4/4 or 6/8. Received: {text!r}")
        return cls(int(match[1]), int(match[2]))

    def bar(self, units_per_quarter: int) -> int:
        """Return the length of a bar in ticks or grid steps. Raises ValueError where it is not a positive integer."""
        length, rest = (
            divmod(4 * self.numerator * units_per_quarter, self.denominator) if self.denominator > 0 else (0, 1)
        )
        if rest or length <= 0:
            raise ValueError(f"a bar of {self} is no whole number of units, {units_per_quarter} a quarter")
        return length

    @property
    def is_compound(self) -> bool:
        """Whether a beat is divided into three."""
        return self.denominator >= 8 and self.numerator % 3 == 0

    @property
    def beats(self) -> int:
        """Number of beats in a bar."""
        return self.numerator // 3 if self.is_compound else self.numerator

    @property
    def beat(self) -> Meter:
        """The meter whose bar is one beat of this one: 3/8 for 6/8, 1/4 for 4/4."""
        return Meter(3 if self.is_compound else 1, self.denominator)

    @property
    def quarters(self) -> float:
        """Length of a bar in quarter notes; 0 for a denominator that is not above 0."""
        return 4 * self.numerator / self.denominator if self.denominator > 0 else 0.0


COMMON_TIME = Meter(4, 4)
