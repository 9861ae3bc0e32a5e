"""The parts that a request names, and its wishes for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from ...errors import SettingError
from ...events.parts.names import find_parts, part_name
from ...events.vocabulary import Vocabulary
from ..part_wishes import PartWishes
from ..request import Request


def wishes_of(request: Request, vocabulary: Vocabulary, drawn: tuple[int, ...]) -> Mapping[int, PartWishes]:
    """Return the wishes for each part: those for its name, else those for all parts.

    Raises SettingError for a part that the model does not have, or that is not drawn.
    """
    low, high = request.range or (None, None)
    every = PartWishes(low, high, request.max_interval, request.density, None, request.program)
    own = dict(request.of_parts)
    wishes = {part: every for part in drawn}
    for part, asked in zip(find_parts(own, vocabulary, "a wish"), own.values(), strict=True):
        if part not in wishes:
            raise SettingError(f"a wish must be for a part that is drawn. Received: {part_name(vocabulary, part)}")
        named = {f.name: value for f in fields(asked) if (value := getattr(asked, f.name)) is not None}
        wishes[part] = replace(every, **named)
    return wishes
