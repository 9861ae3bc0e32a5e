"""The share of parts whose role is found, on files whose track names or programs say it.

    python benchmarks/roles.py DATA/multi [--files 40] [--show]

The truth is taken from the names of tracks by the table here, not by that of melodyrnn/extract/roles.py, and the names
are hidden from the finder ("names hidden"); then from the programs, with the programs hidden ("programs hidden"); then
from both, with both shown. A name such as "Strings" allows several roles, because strings may also lead: a part counts
where its role is allowed. "one role" counts only the parts whose names or programs allow a single role.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from melodyrnn.extract.roles import find_roles
from melodyrnn.midi.read import read_piece
from melodyrnn.music.piece import Piece, Track

Roles = frozenset[str]
MELODY, BASS, DRUMS = Roles({"melody"}), Roles({"bass"}), Roles({"drums"})
FILLING, LEADING = Roles({"harmony"}), Roles({"melody", "harmony"})
# The first that matches counts. Names of instruments that play anything (piano, guitar, brass) are not judged.
NAMES: tuple[tuple[str, Roles], ...] = (
    (r"^(synth )?(drums?|drmi?|d r u m|percussion|.*(cymbal|snare|hi-hat| tom|bass drum|ride bell) .*)$", DRUMS),
    (r"timpani|^timmy?$|taiko|agogo|reverse?s? ?cym|orchestr?al hit|seashore|applause|gong|bird ", Roles({"other"})),
    (r"bass (lead|strings|organ|effect)", Roles({"bass", "melody", "harmony"})),
    (r"\b\w*bass\w*|^basu?i?$|\bbs\.|fretless|violoncello|^lower", BASS),
    (r"^(support)?melody|vocal|solo vox|^voice$|lead guitar|^soprano", MELODY),
    (r"^(violin 1|upper)", MELODY),
    (r"rhythm|\bpad\b|chord|choir|^arp$|^(alto|tenor|viola|violin 2|aah|ooh)$", FILLING),
    (r"string|^str\d?$|^stgz$|\b(square|sawtooth|calliope|charang|fifths) lead", LEADING | BASS),
)
PROGRAMS: dict[int, Roles] = {
    **dict.fromkeys(range(32, 40), BASS),
    43: BASS,
    **dict.fromkeys((47, 55, 119, *range(120, 128)), Roles({"other"})),
    **dict.fromkeys(range(48, 55), LEADING | BASS),
    **dict.fromkeys(range(88, 96), FILLING),
    **dict.fromkeys((22, 65, 66, 68, 71, 73, 75), LEADING),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--skip", type=int, default=0, help="take the files from this one on")
    parser.add_argument("--show", action="store_true", help="show the parts whose role is another")
    arguments = parser.parse_args()
    paths = sorted(arguments.data.rglob("*.mid"))
    step = max(1, len(paths) // arguments.files)
    pieces = [(path, read_piece(path)) for path in paths[arguments.skip % step :: step][: arguments.files]]
    print(f"{len(pieces)} files, {sum(len(tracks(piece)) for _, piece in pieces)} parts")
    for words, by_name, by_program, truth in (
        ("names hidden, judged by names", False, True, of_name),
        ("programs hidden, judged by programs", True, False, of_program),
        ("all shown, judged by both", True, True, of_both),
    ):
        judged = [one for path, piece in pieces for one in judge(path.name, piece, by_name, by_program, truth)]
        single = [one for one in judged if len(one[1]) == 1]
        print(f"{words:38s}{share(judged):8.1%} of {len(judged)} parts; one role {share(single):.1%} of {len(single)}")
        if arguments.show:
            wrong = [(name, sorted(allowed), role) for name, allowed, role in judged if role not in allowed]
            for (name, allowed, role), count in Counter((n, tuple(a), r) for n, a, r in wrong).most_common():
                print(f"      {count} {name}: {role} instead of {' or '.join(allowed)}")


def tracks(piece: Piece) -> list[Track]:
    return [track for track in piece.tracks if len(track.notes)]


Truth = Sequence[tuple[str, Roles, str]]


def judge(file: str, piece: Piece, by_name: bool, by_program: bool, truth: object) -> Iterator[tuple[str, Roles, str]]:
    """Yield name, allowed roles and found role of each part that can be judged."""
    for one in find_roles(piece, by_name, by_program):
        track = piece.tracks[one.track]
        allowed = truth(track)  # type: ignore[operator]
        if allowed is not None:
            yield f"{file}: {track.name} (program {track.program}, {track.notes.pitch.mean():.0f})", allowed, one.role


def of_name(track: Track) -> Roles | None:
    """Return the roles that the name of a track allows; None where it says nothing."""
    if track.is_drums:
        return DRUMS
    return next((roles for pattern, roles in NAMES if re.search(pattern, track.name.strip(), re.IGNORECASE)), None)


def of_program(track: Track) -> Roles | None:
    """Return the roles that the program of a track allows; None where it says nothing."""
    return DRUMS if track.is_drums else PROGRAMS.get(track.program)


def of_both(track: Track) -> Roles | None:
    """Return the roles that the name and the program allow; where they disagree, those of the name."""
    named, sounding = of_name(track), of_program(track)
    if named is None or sounding is None:
        return named or sounding
    return named & sounding or named


def share(judged: Sequence[tuple[str, Roles, str]]) -> float:
    return sum(role in allowed for _, allowed, role in judged) / max(1, len(judged))


if __name__ == "__main__":
    main()
