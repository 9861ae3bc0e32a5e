"""Writes a piece as MusicXML 4.0, plain or compressed (.mxl), as notation programs read it.

The bytes depend only on the piece and the title. Loudness is written as the playback loudness of every note.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from ...music.keys import signature
from ...music.meter import Meter
from ...music.piece import Piece, Tempo, Track
from ...music.units import DRUM_CHANNEL
from ...version import __version__
from ..bar_signs import BarSigns
from ..durations import UNITS_PER_QUARTER, VALUES
from ..engrave import EngravedVoice, Engraving, Symbol, engrave
from ..sheet import DEFAULT_VELOCITY
from ..spelling import Accidentals, Name, spelled
from ..tempo import decimal, metronome, quarters_per_minute
from .harmony import harmony_lines
from .read import TEXT_FIELD

_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)
_ACCIDENTALS = {2: "double-sharp", 1: "sharp", 0: "natural", -1: "flat", -2: "flat-flat"}
_BEATS = {
    Fraction(4, 2**n): name for n, name in enumerate(("whole", "half", "quarter", "eighth", "16th", "32nd", "64th"))
}
_BASS_BELOW = 55  # mean pitch, below which a part has a bass clef
_CLEFS = {"treble": ("G", 2), "bass": ("F", 4), "percussion": ("percussion", 2)}
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest of zip: the bytes must not depend on the clock
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles><rootfile full-path="score.musicxml" '
    'media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>\n'
)


def musicxml_bytes(piece: Piece, title: str) -> bytes:
    """Return a piece as MusicXML in UTF-8. Raises SettingError where it does not fit the grid of notation."""
    lines = ['<?xml version="1.0" encoding="UTF-8" standalone="no"?>', _DOCTYPE, *_score(piece, title)]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def mxl_bytes(piece: Piece, title: str) -> bytes:
    """Return a piece as compressed MusicXML. Raises SettingError where it does not fit the grid of notation."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            ("META-INF/container.xml", _CONTAINER.encode()),
            ("score.musicxml", musicxml_bytes(piece, title)),
        ):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()


def _text(text: str) -> str:
    """Return text for an element, without characters that XML forbids."""
    return escape("".join(c if c.isprintable() else " " for c in text).strip())


def _score(piece: Piece, title: str) -> Iterator[str]:
    engraving = engrave(piece)
    parts = [(n, list(voices)) for n, voices in groupby(engraving.voices, lambda voice: voice.track)]
    tracks = [piece.tracks[n] if piece.tracks else None for n, _ in parts]
    yield '<score-partwise version="4.0">'
    yield f"  <work><work-title>{_text(title)}</work-title></work>"
    yield f"  <identification><encoding><software>melodyrnn {__version__}</software></encoding>"
    if piece.texts:
        fields = "".join(
            f"<miscellaneous-field name={quoteattr(TEXT_FIELD)}>{_text(text)}</miscellaneous-field>"
            for text in piece.texts
        )
        yield f"    <miscellaneous>{fields}</miscellaneous>"
    yield "  </identification>"
    yield "  <part-list>"
    for number, track in enumerate(tracks, start=1):
        yield from _description(number, track)
    yield "  </part-list>"
    for number, ((_, voices), track) in enumerate(zip(parts, tracks, strict=True), start=1):
        yield f'  <part id="P{number}">'
        yield from _measures(engraving, voices, track, number)
        yield "  </part>"
    yield "</score-partwise>"


def _description(number: int, track: Track | None) -> Iterator[str]:
    """Yield the score-part of a track; each pitch of a drum track is an instrument."""
    name = _text(track.name) if track else ""
    is_drums = track is not None and track.is_drums
    pitches = sorted(set(track.notes.pitch.tolist())) if track is not None and is_drums else []
    identities = [_drum(number, pitch) for pitch in pitches] or [f"P{number}-I1"]
    yield f'    <score-part id="P{number}"><part-name>{name}</part-name>'
    for identity in identities:
        yield f'      <score-instrument id="{identity}"><instrument-name>{name}</instrument-name></score-instrument>'
    for n, identity in enumerate(identities):
        channel = track.channel + 1 if track else 1
        unpitched = f"<midi-unpitched>{pitches[n] + 1}</midi-unpitched>" if pitches else ""
        yield (
            f'      <midi-instrument id="{identity}"><midi-channel>{channel}</midi-channel>'
            f"<midi-program>{(track.program if track else 0) + 1}</midi-program>{unpitched}</midi-instrument>"
        )
    yield "    </score-part>"


def _drum(number: int, pitch: int) -> str:
    return f"P{number}-D{pitch}"


def _measures(engraving: Engraving, voices: Sequence[EngravedVoice], track: Track | None, number: int) -> Iterator[str]:
    accidentals = Accidentals(engraving.bars[0].key)
    first = 0 if engraving.bars[0].is_pickup else 1
    for n, bar in enumerate(engraving.bars):
        implicit = ' implicit="yes"' if bar.is_pickup else ""
        yield f'    <measure number="{first + n}"{implicit}>'
        yield from _attributes(bar, track, is_first=n == 0)
        if n == 0 or bar.has_key:
            accidentals = Accidentals(bar.key)
        accidentals.begin_bar()
        for place, voice in enumerate(voices):
            if place:
                yield f"      <backup><duration>{bar.length}</duration></backup>"
            if number == 1 and place == 0:  # all at the start of the bar, as they may stand within notes
                for at, text in bar.chords:
                    yield from harmony_lines(text, at)
            tempos = bar.tempos if number == 1 and place == 0 else ()
            yield from _voice(voice.bars[n], bar, accidentals, place + 1, tempos, number if _is_drums(track) else 0)
        if n == len(engraving.bars) - 1:
            yield '      <barline location="right"><bar-style>light-heavy</bar-style></barline>'
        yield "    </measure>"


def _is_drums(track: Track | None) -> bool:
    return track is not None and track.channel == DRUM_CHANNEL


def _attributes(bar: BarSigns, track: Track | None, is_first: bool) -> Iterator[str]:
    if not (is_first or bar.has_key or bar.has_meter):
        return
    text = f"<divisions>{UNITS_PER_QUARTER}</divisions>" if is_first else ""
    if bar.has_key or is_first:
        text += f"<key><fifths>{signature(bar.key)}</fifths><mode>{bar.key.mode}</mode></key>"
    if bar.has_meter or is_first:
        text += f"<time><beats>{bar.meter.numerator}</beats><beat-type>{bar.meter.denominator}</beat-type></time>"
    if is_first:
        sign, line = _CLEFS[_clef(track)]
        text += f"<clef><sign>{sign}</sign><line>{line}</line></clef>"
    yield f"      <attributes>{text}</attributes>"


def _clef(track: Track | None) -> str:
    if track is None or not len(track.notes):
        return "treble"
    if track.is_drums:
        return "percussion"
    return "bass" if track.notes.pitch.mean() < _BASS_BELOW else "treble"


def _voice(
    symbols: Sequence[Symbol],
    bar: BarSigns,
    accidentals: Accidentals,
    voice: int,
    tempos: Sequence[tuple[int, Tempo]],
    drums: int,
) -> Iterator[str]:
    """Yield the directions and notes of a bar of a voice; `drums` is the number of the part where it holds drums."""
    left = list(tempos)
    for number, symbol in enumerate(symbols):
        while left and left[0][0] + bar.offset <= symbol.slot.start:
            yield _tempo(left.pop(0)[1], bar.meter)
        window = symbol.slot.window
        starts = window is not None and (number == 0 or symbols[number - 1].slot.window != window)
        stops = window is not None and (number == len(symbols) - 1 or symbols[number + 1].slot.window != window)
        tuplets = ['<tuplet type="start"/>'] * starts + ['<tuplet type="stop"/>'] * stops
        for place, pitch in enumerate(symbol.pitches or (None,)):
            yield from _note(symbol, pitch, place > 0, bar, accidentals, voice, tuplets if not place else [], drums)


def _tempo(tempo: Tempo, meter: Meter) -> str:
    beat, number = metronome(tempo, meter)
    has_dot = 4 * beat not in _BEATS
    name = _BEATS[4 * beat * Fraction(2, 3) if has_dot else 4 * beat]
    return (
        f'      <direction placement="above"><direction-type><metronome><beat-unit>{name}</beat-unit>'
        f"{'<beat-unit-dot/>' * has_dot}<per-minute>{decimal(number)}</per-minute></metronome></direction-type>"
        f'<sound tempo="{decimal(quarters_per_minute(tempo))}"/></direction>'
    )


def _note(
    symbol: Symbol,
    pitch: int | None,
    is_chord: bool,
    bar: BarSigns,
    accidentals: Accidentals,
    voice: int,
    tuplets: Sequence[str],
    drums: int,
) -> Iterator[str]:
    """Yield a note or a rest. The order of the elements is that of the schema."""
    slot = symbol.slot
    loudness = ""
    if pitch is not None and symbol.velocity != DEFAULT_VELOCITY:
        loudness = f' dynamics="{symbol.velocity * 100 / DEFAULT_VELOCITY:.2f}"'
    yield f"      <note{loudness}>"
    name = None if pitch is None or drums else spelled(pitch, bar.key)
    yield "        " + "<chord/>" * is_chord + _sounding(pitch, name, is_whole_bar=slot.written == 0)
    ties = ["stop"] * symbol.continues + ["start"] * symbol.is_tied
    yield f"        <duration>{slot.stop - slot.start}</duration>" + "".join(f'<tie type="{tie}"/>' for tie in ties)
    if drums and pitch is not None:
        yield f'        <instrument id="{_drum(drums, pitch)}"/>'
    yield f"        <voice>{voice}</voice>" + _value(symbol)
    if name is not None and not symbol.continues and accidentals.needs_sign(name):
        yield f"        <accidental>{_ACCIDENTALS[name.alteration]}</accidental>"
    if slot.window is not None:
        modification = "<actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
        yield f"        <time-modification>{modification}</time-modification>"
    if symbol.beams and not is_chord:
        yield "        " + "".join(f'<beam number="{n}">{beam}</beam>' for n, beam in enumerate(symbol.beams, 1))
    notations = "".join(f'<tied type="{tie}"/>' for tie in ties) + "".join(tuplets)
    if notations:
        yield f"        <notations>{notations}</notations>"
    yield "      </note>"


def _sounding(pitch: int | None, name: Name | None, is_whole_bar: bool) -> str:
    if pitch is None:
        return '<rest measure="yes"/>' if is_whole_bar else "<rest/>"
    if name is None:
        return "<unpitched><display-step>C</display-step><display-octave>5</display-octave></unpitched>"
    alter = f"<alter>{name.alteration}</alter>" if name.alteration else ""
    return f"<pitch><step>{name.letter}</step>{alter}<octave>{name.octave}</octave></pitch>"


def _value(symbol: Symbol) -> str:
    if not symbol.slot.written:
        return ""
    kind, dots = VALUES[symbol.slot.written]
    return f"<type>{kind}</type>" + "<dot/>" * dots
