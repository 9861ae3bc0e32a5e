"""Builds the sample tunes: `python samples/build.py` reads tunes.txt and writes tunes/<slug>.mid.

Conventions: those at the beginning of tunes.txt; times are quarter notes as fractions, or grid steps as in
melodyrnn/score/score.py. Bar 0 begins at quarter 0; a pick-up ends where bar 1 begins. The bytes that are written
depend only on tunes.txt.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import numpy as np

from melodyrnn.errors import MelodyRNNError, NotationError
from melodyrnn.midi.write import write_piece
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.notation import BAR_LINE, TypedNote, parse_notes
from melodyrnn.music.units import STEPS_PER_QUARTER
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.score.typed import melody_of_notes

HERE = Path(__file__).resolve().parent
MIN_NOTES, MIN_BARS = 32, 8
DOWNBEAT, BEAT, OFFBEAT = 100, 90, 80  # velocities
_REQUIRED = ("title", "origin", "meter", "key", "tempo", "unit", "form")
_LINE = re.compile(r"([A-Z]|[a-z]+):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Tune:
    """A block of tunes.txt: sections by name, `pickup` in quarter notes, `tempo` in quarter notes per minute."""

    title: str
    origin: str
    meter: Meter
    key: Key
    tempo: int
    unit_quarters: Fraction
    pickup: Fraction
    sections: dict[str, str]
    form: tuple[str, ...]

    @property
    def slug(self) -> str:
        """The name of the file without its suffix: ASCII letters, digits and hyphens."""
        plain = unicodedata.normalize("NFKD", self.title.replace("'", "")).encode("ascii", "ignore").decode()
        return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))

    @property
    def bar(self) -> Fraction:
        """Length of a bar in quarter notes, exactly."""
        return Fraction(4 * self.meter.numerator, self.meter.denominator)

    @property
    def start(self) -> Fraction:
        """The onset of the first note or rest, in quarter notes from the start of bar 0."""
        return (self.bar - self.pickup) % self.bar

    @property
    def notes(self) -> list[TypedNote]:
        """The notes of all sections in the order of the form."""
        return [n for name in self.form for n in parse_notes(self.sections[name], self.unit_quarters)]


def read_tunes(text: str) -> list[Tune]:
    """The tunes of tunes.txt. Raises NotationError for a block that breaks a rule."""
    tunes: dict[str, Tune] = {}
    for block in re.split(r"\n(?=title:)", "\n" + text)[1:]:
        try:
            tune = _tune(block)
            _check(tune)
        except MelodyRNNError as error:
            raise NotationError(f"{error}, in {block.splitlines()[0]}") from error
        if tune.slug in tunes:
            raise NotationError(f"a tune's file name must be its own. Received: {tune.slug} again")
        tunes[tune.slug] = tune
    return list(tunes.values())


def to_melody(tune: Tune) -> Score:
    """The score of a tune; velocities accent the downbeats and the beats."""
    melody = melody_of_notes(
        tune.notes,
        tune.meter,
        tune.key,
        round(60_000_000 / tune.tempo),
        tune.title,
        int(tune.start * STEPS_PER_QUARTER),
    )
    position = melody.onset % melody.bar
    beat = tune.meter.beat.bar(STEPS_PER_QUARTER)
    velocity = np.where(position == 0, DOWNBEAT, np.where(position % beat == 0, BEAT, OFFBEAT))
    return replace(melody, velocity=velocity)


def build(source: Path, folder: Path) -> list[Path]:
    """Write one file per tune into `folder`, over existing files, and return the paths."""
    folder.mkdir(exist_ok=True)
    paths = []
    for tune in read_tunes(source.read_text(encoding="utf-8")):
        paths.append(folder / f"{tune.slug}.mid")
        write_piece(to_piece(to_melody(tune)), paths[-1], force=True)
    return paths


def _tune(block: str) -> Tune:
    fields = _fields(block)
    missing = [name for name in _REQUIRED if name not in fields]
    if missing:
        raise NotationError(f"a tune must have {', '.join(_REQUIRED)}. Missing: {missing[0]}")
    unit_quarters = 4 * Fraction(fields["unit"])
    return Tune(
        fields["title"],
        fields["origin"],
        Meter.parse(fields["meter"]),
        Key.parse(fields["key"]),
        int(fields["tempo"]),
        unit_quarters,
        Fraction(fields.get("pickup", "0")) * unit_quarters,
        {name: text for name, text in fields.items() if len(name) == 1},
        tuple(fields["form"].split()),
    )


def _fields(block: str) -> dict[str, str]:
    """The texts of a block by name; an indented line continues the line before it."""
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            name = match[1]
            if name in fields:
                raise NotationError(f"a tune must name each line once. Received: {line!r} again")
            fields[name] = match[2]
        elif line.startswith(" "):
            fields[name] += " " + line.strip()
        elif line and not line.startswith("#"):
            raise NotationError(f"a line must be `name: text` or indented. Received: {line!r}")
    return fields


def _check(tune: Tune) -> None:
    if 2 * tune.pickup > tune.bar or tune.pickup < 0:
        raise NotationError(f"a pick-up must be at most half a bar. Received: {tune.pickup} quarter notes")
    if set(tune.form) != set(tune.sections):
        raise NotationError(f"a form must name every section and no other. Received: {' '.join(tune.form)}")
    left = -_check_bars(tune) % tune.bar
    if left not in (0, tune.pickup):
        raise NotationError(
            f"a tune must end on a bar line or one pick-up before it. Received: {left} quarter notes before it"
        )
    melody = to_melody(tune)
    if len(melody) < MIN_NOTES or melody.num_bars - melody.pickup_bars < MIN_BARS:
        raise NotationError(
            f"a tune must have {MIN_NOTES} notes and {MIN_BARS} bars. "
            f"Received: {len(melody)} and {melody.num_bars - melody.pickup_bars}"
        )


def _check_bars(tune: Tune) -> Fraction:
    """The end of the tune in quarter notes.

    Raises NotationError for a bar line that is not at the end of a bar, and for a missing one that no note sounds
    across.
    """
    now, unit = tune.start, tune.unit_quarters
    for name in tune.form:
        for text, notes, is_last in _measures(tune.sections[name], unit):
            ends = list(accumulate((note.duration for note in notes), initial=now))[1:]
            units, now = (ends[-1] - now) / unit, ends.pop()
            received = f"Received: {text!r}, {units} units, in {name}"
            if now % tune.bar and not is_last:
                over = now % tune.bar / unit
                raise NotationError(f"a bar must be full: {tune.bar / unit} units. {received}, {over} units into a bar")
            if any(end % tune.bar == 0 for end in ends):
                raise NotationError(f"a bar line may be left out only where a note sounds across it. {received}")
    return now


def _measures(section: str, unit_quarters: Fraction) -> Iterator[tuple[str, list[TypedNote], bool]]:
    """The measures of a section, between its bar lines: text, notes, and whether it is the last one."""
    notes = parse_notes(section, unit_quarters)
    texts = [text for text in section.split(BAR_LINE) if text.strip()]
    for number, text in enumerate(texts, 1):
        count = len(text.split())
        yield " ".join(text.split()), notes[:count], number == len(texts)
        notes = notes[count:]


def main() -> int:
    """Build samples/tunes; returns 1 where tunes.txt breaks a rule, else 0."""
    try:
        paths = build(HERE / "tunes.txt", HERE / "tunes")
    except MelodyRNNError as error:
        print(f"samples: {error}", file=sys.stderr)
        return 1
    print(f"{len(paths)} tunes in {HERE / 'tunes'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
