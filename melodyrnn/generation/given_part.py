"""The part of a given file that the network reads, and where its notes are in the file."""

from __future__ import annotations

from collections import Counter

from ..errors import SettingError
from ..extract.candidates import MelodyCandidate, choose, melody_candidates
from ..midi.edit import RawNote, channels_with_notes, notes_of
from ..midi.raw import RawFile
from ..music.piece import Piece

Place = tuple[int, int]  # number of a track of the file, and channel


def choose_part(piece: Piece, part: str | None, name: str) -> MelodyCandidate:
    """Return the part that the network reads: the one of that name or number, else the likeliest melody."""
    for voices in ("auto", "skyline") if part is None else (f"track:{part}",):
        candidates, _ = choose(piece, voices)
        if candidates:
            return candidates[0]
    if part is None:
        reason = "drums only" if piece.num_notes else "no notes"
        raise SettingError(f"a primer must hold a melody. Received: {name} ({reason})")
    parts = ", ".join(candidate.label for candidate in melody_candidates(piece)) or "none"
    raise SettingError(f"given_part must name a track with notes, not of drums: {parts}. Received: {part!r}")


def places_of(raw: RawFile, piece: Piece, part: int) -> tuple[tuple[tuple[Place, RawNote], ...], Place]:
    """Return for each note of a track of the piece its note in the file, and the place that holds most of them.

    A track of the piece may be spread over several channels of a track of the file. Where two tracks hold the same
    notes, the earlier track of the piece is the earlier one of the file.
    """
    notes = piece.tracks[part].notes
    keys = list(zip(notes.onset.tolist(), notes.pitch.tolist(), strict=True))
    wanted = Counter(keys)
    found = {
        (number, channel): notes_of(track, channel)
        for number, track in enumerate(raw.tracks)
        for channel in channels_with_notes(track)
    }
    shared = {place: sum((Counter((n.onset, n.pitch) for n in own) & wanted).values()) for place, own in found.items()}
    twins = sum(1 for track in piece.tracks[:part] if track.notes == notes)
    best = sorted(found, key=lambda place: -shared[place])
    equal = [place for place in best if shared[place] == shared[best[0]]]
    home = equal[min(twins, len(equal) - 1)]
    order = sorted(found, key=lambda place: (place != home, place[0] != home[0], -shared[place]))
    left: dict[tuple[int, int], list[tuple[Place, RawNote]]] = {}
    for place in order:
        for note in found[place]:
            left.setdefault((note.onset, note.pitch), []).append((place, note))
    return tuple(left[key].pop(0) for key in keys), home
