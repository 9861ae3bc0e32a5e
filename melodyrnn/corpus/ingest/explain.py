"""Explains in words how one file is ingested: its contents, how its tracks rank, why a voice is kept or dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import CorpusError, MidiError
from ...extract.candidates import melody_candidates, score_differences
from ...extract.extractor import Extracted, PartRole, Refusal, track_label
from ...extract.registry import find_extractor, finds_roles, has_parts
from ...extract.sections import sections
from ...formats.read import read_tunes
from ...midi.read import with_channels
from ...music.piece import Piece
from ...music.tracks import describe_track
from ...music.units import STEPS_PER_QUARTER
from ...score.score import Score
from .config import IngestConfig
from .examine import examine, unreadable
from .finding import find_files
from .opener import Opener
from .option_settings import Options, config_with, split_options, united
from .sources import Source

_MAX_DIFFERENCES = 4  # by which features a track is behind another
_NOT_SHOWN = ("repaired", "program", "asked")  # details that stand above the results


def explain(path: str, config: IngestConfig) -> Iterator[str]:
    """Yield the explanation of a file, or of a member of an archive, line by line.

    Raises CorpusError where there is no such file, or where it is a folder.
    """
    if Path(path).is_dir():
        raise CorpusError(f"a file to explain must be a file. Received the folder: {path}")
    try:
        sources = find_files([path], config.limits)
    except CorpusError:
        sources = []
    if not sources:
        raise CorpusError(f"a file to explain must exist. Received: {path}")
    for source in sources:
        yield from _explain(source, config)


def _explain(source: Source, config: IngestConfig) -> Iterator[str]:
    yield source.name
    if source.refusal is not None:
        yield _verdict(Extracted(None, Refusal(*source.refusal)))
        return
    opener = Opener(config.limits)
    try:
        data = opener.read(source)
    except MidiError as error:
        yield _verdict(unreadable(error))
        return
    finally:
        opener.close()
    yield from explain_data(data, config)


def explain_data(data: bytes, config: IngestConfig) -> Iterator[str]:
    """Yield the explanation of the bytes of a file, line by line."""
    try:
        tunes = read_tunes(data, "this file")
        for tune in tunes:
            if len(tunes) > 1:
                yield f"  {tune.label}"
            yield from _contents(with_channels(tune.piece, data), len(data), config)
    except MidiError:
        yield f"  {len(data)} bytes"
    yield "  result:"
    found = examine(data, config)
    for extracted in found:
        yield _verdict(extracted)
        yield from _guesses(extracted)
    asked = {one.details.get("asked") for one in found}
    for track, role in config.extraction.roles:
        if track not in asked:
            yield f"  --role {track}={role}: no such track"
    yield from _other_options(data, config, found)


def _other_options(data: bytes, config: IngestConfig, found: Sequence[Extracted]) -> Iterator[str]:
    """Yield which further tracks are kept with the options that the refusals name, as tried on the file."""
    kept = set(_kept_tracks(found))
    for option in _named_options(found):
        options = Options(split_options([option]))
        given = examine(data, config_with(config, options))
        if not set(_kept_tracks(given)) - kept:  # the option may lead to another refusal
            options = next((union for more in _named_options(given) if (union := united(options, more))), options)
            given = examine(data, config_with(config, options))
        if new := [track for track in _kept_tracks(given) if track not in kept]:
            yield f"  with {' '.join(sorted(options, reverse=True))} also kept: {', '.join(new)}"
            kept |= set(new)


def _named_options(found: Sequence[Extracted]) -> list[str]:
    """Return the options that refusals name, each once."""
    refusals = [one.result for one in found if isinstance(one.result, Refusal)]
    return list(dict.fromkeys(refusal.option for refusal in refusals if refusal.option))


def _kept_tracks(found: Sequence[Extracted]) -> list[str]:
    """Return the tracks, without their names, that gave a score, each once."""
    voices = [one.voice or "the file" for one in found if isinstance(one.result, Score)]
    return list(dict.fromkeys(voice.partition(" (")[0].partition(",")[0] for voice in voices))


def _contents(piece: Piece, num_bytes: int, config: IngestConfig) -> Iterator[str]:
    whole = has_parts(find_extractor(config.extractor))
    counted_tracks = f"{len(piece.tracks)} track{'s' * (len(piece.tracks) != 1)}"
    quarters = piece.end / piece.ticks_per_quarter
    yield (f"  {num_bytes} bytes, {piece.num_notes} notes in {counted_tracks}, {quarters:.1f} quarter notes long")
    meters = ", ".join(f"{s.meter} from quarter {s.start / piece.ticks_per_quarter:g}" for s in sections(piece))
    tempo = piece.tempos[0].quarters_per_minute
    yield f"  meter {meters}; {tempo:.0f} quarter notes a minute at the start, {_tempos(len(piece.tempos))}"
    for repair in piece.repairs:
        yield f"  repaired: {repair}"
    if len(sections(piece)) > 1:
        yield f"  the length of the bar changes: each stretch is a {'piece' if whole else 'melody'} of its own"
    yield from _tracks(piece) if finds_roles(find_extractor(config.extractor)) else _candidates(piece)


def _tracks(piece: Piece) -> Iterator[str]:
    """Yield the tracks of a piece, all of which may be parts."""
    yield "  tracks (--role TRACK=ROLE gives another role):"
    for number, track in enumerate(piece.tracks):
        yield f"    {track_label(number, track.name)}: {describe_track(track)}"


def _candidates(piece: Piece) -> Iterator[str]:
    """Yield the tracks of a piece that may be the melody."""
    candidates = melody_candidates(piece)
    if candidates:
        others = " (--voices track:NAME_OR_NUMBER takes another)" if len(candidates) > 1 else ""
        yield f"  tracks, the likeliest melody first{others}:"
    for candidate in candidates:
        track = piece.tracks[candidate.track]
        shape = "a line" if candidate.is_usable else "chords"
        shape = "its top line is a line" if candidate.is_top_line else shape
        yield f"    {candidate.label}: {describe_track(track)}"
        yield (
            f"      {shape}; {candidate.lost_share:.0%} of the notes lie under others or are cut; "
            f"score {candidate.score:.2f}"
        )
        if candidate.track != candidates[0].track:
            yield f"      behind the first: {_differences(piece, candidate.track, candidates[0].track)}"


def _differences(piece: Piece, track: int, first: int) -> str:
    """Return by which features a track is behind the first one, the most important ones."""
    found = [one for one in score_differences(piece, track, first) if one[1] < 0]
    return (
        ", ".join(f"{words} ({amount:+.1f})" for words, amount in found[:_MAX_DIFFERENCES]) or "its place in the file"
    )


def _tempos(number: int) -> str:
    return "which stay" if number == 1 else f"{number} tempi"


def _guesses(extracted: Extracted) -> Iterator[str]:
    """Yield what was guessed about the bar lines of a voice, with the option that decides otherwise."""
    details, option = extracted.details, "(--bar-lines file keeps those)"
    if "bar_line" in details:
        yield (
            f"      guessed: a bar line at tick {details['bar_line']}, for the notes speak against those of the file "
            f"{option}"
        )
    if "bars_made_regular" in details:
        yield (
            f"      guessed: bars that are longer or shorter than the others by their accents, and were made as long: "
            f"{details['bars_made_regular']} {option}"
        )
    late = details.get("downbeat_by_accents")
    if isinstance(late, int):
        quarters = late / STEPS_PER_QUARTER
        yield (
            f"      guessed: the loudest notes begin bars, {quarters:g} quarter note{'s' * (quarters != 1)} after the "
            f"bars of the file {option}"
        )


def _verdict(extracted: Extracted) -> str:
    """Return the line about one voice, or about the file."""
    words = f"    {extracted.voice or 'the file'}: "
    if isinstance(extracted.result, Refusal):
        words += f"dropped, {extracted.result.reason}"
    elif isinstance(extracted.result, PartRole):
        words += f"{extracted.result.role} ({extracted.result.reason})"
    else:
        words += "kept"
    details = ", ".join(
        f"{name.replace('_', ' ')} {', '.join(value) if isinstance(value, list) else value}"
        for name, value in extracted.details.items()
        if name not in _NOT_SHOWN
    )
    return f"{words}; {details}" if details else words
