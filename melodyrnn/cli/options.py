"""Option types and words that several commands share."""

from __future__ import annotations

import re
from typing import Any

import click

from ..errors import SettingError
from ..music.keys import Key


class MeterType(click.ParamType):  # type: ignore[type-arg]
    """A meter such as 6/8, as a pair of ints."""

    name = "meter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        match = re.fullmatch(r"(\d{1,2})/(\d{1,2})", str(value))
        if match is None:
            self.fail(f"a meter must be like 4/4 or 6/8. Received: {value!r}", param, ctx)
        return int(match[1]), int(match[2])


class KeyType(click.ParamType):  # type: ignore[type-arg]
    """A key such as "D minor"."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return Key.parse(value)
        except SettingError as error:
            self.fail(str(error), param, ctx)


force_option = click.option("--force", is_flag=True, help="Overwrite what exists.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
