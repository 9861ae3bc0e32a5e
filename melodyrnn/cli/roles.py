"""The option type of roles of tracks; apart from those of other commands, which do not import extractors."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import MelodyRNNError
from ..extract.extractor import TRACK_ROLES
from .options import Parsed


class AskedRole(NamedTuple):
    """A track, by name or number, and the role that it is given."""

    track: str
    role: str

    def __str__(self) -> str:
        return f"{self.track}={self.role}"


class RoleType(Parsed):
    """A track and its role, such as Strings=harmony."""

    name = "track=role"

    def parse(self, text: str) -> AskedRole:
        track, separator, role = text.rpartition("=")
        if not separator or not track.strip() or role.strip() not in TRACK_ROLES:
            raise MelodyRNNError(
                f"a role must be like Strings=harmony, one of {', '.join(TRACK_ROLES)}. Received: {text!r}"
            )
        return AskedRole(track.strip(), role.strip())
