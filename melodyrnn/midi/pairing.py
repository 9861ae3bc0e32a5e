"""Pairs note-ons and note-offs: the rules by which notes end, for every reader.

A note-on of velocity 0 is a note-off. Each channel of each track of the file is paired by itself, pitch by pitch:

1. A note-off ends the earliest note that has none yet. One without a note is ignored.
2. A note that sounds when its pitch is struck again ends there, as in a sequencer.
3. If a note-off is missing, so that some note would never end, rule 1 would give every later note of the pitch the end
   of another. From the last silence of the pitch on, a note-off then ends the note struck last. A note without a
   note-off ends where the next note of the channel begins, else at the end of the track; if it begins there, it is left
   out. Of several notes of a pitch struck at one tick the last remains.

symusic pairs by rule 1; `symusic_reader` applies rule 2 to its notes and has files that need rule 3 read again.
"""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import pairwise

import numpy as np

from ..arrays import IntArray
from ..music.piece import Notes

_Event = tuple[int, int]  # tick and velocity, which is 0 in a note-off
_Row = tuple[int, int, int, int]  # onset, end, pitch, velocity


class OpenNotes:
    """Pairs the note-ons and note-offs of one channel of a track, see above."""

    def __init__(self) -> None:
        self._events = defaultdict[int, list[_Event]](list)  # pitch -> its note-ons and note-offs in order

    def add(self, tick: int, pitch: int, velocity: int) -> None:
        """Add a note-on, or with velocity 0 a note-off; ticks never decrease."""
        self._events[pitch].append((tick, velocity))

    def closed(self, end: int) -> tuple[Notes, int]:
        """Return all notes of a track that ends at tick `end`, and how many of its note-ons had no note-off."""
        rows: list[_Row] = []
        unclosed: list[_Row] = []
        num_doubled = 0
        for pitch, events in self._events.items():
            silence = _last_silence(events)
            rows += _first_in_first_out(events[:silence], pitch)
            if silence < len(events):
                closed, open_ended, doubled = _struck_last(events[silence:], pitch)
                rows += closed
                unclosed += open_ended
                num_doubled += doubled
        onsets = sorted({row[0] for row in rows} | {row[0] for row in unclosed} | {end})
        following = dict(pairwise(onsets))
        rows += [(on, following[on], pitch, velocity) for on, _, pitch, velocity in unclosed if on in following]
        onset, stop, pitches, velocities = np.array(rows, dtype=np.int64).reshape(-1, 4).T
        notes = struck_again(Notes.of(onset, stop - onset, pitches, velocities))
        return notes, len(unclosed) + num_doubled


def _last_silence(events: list[_Event]) -> int:
    """Return the number of events of a pitch after which it is silent for the last time: all of them by rule."""
    depth = silence = 0
    for number, (_, velocity) in enumerate(events, start=1):
        depth = depth + 1 if velocity > 0 else max(0, depth - 1)
        if not depth:
            silence = number
    return silence


def _first_in_first_out(events: list[_Event], pitch: int) -> list[_Row]:
    """Return the notes of a pitch all of which have a note-off."""
    rows: list[_Row] = []
    waiting: deque[_Event] = deque()
    for tick, velocity in events:
        if velocity > 0:
            waiting.append((tick, velocity))
        elif waiting:
            onset, own_velocity = waiting.popleft()
            rows.append((onset, tick, pitch, own_velocity))
    return rows


def _struck_last(events: list[_Event], pitch: int) -> tuple[list[_Row], list[_Row], int]:
    """Return the notes of a pitch that lacks note-offs: closed ones, open ones, and how many are doubled.

    The end of an open note is not known; a doubled one begins at the tick of another, and is left out.
    """
    closed: list[_Row] = []
    unclosed: list[_Row] = []
    num_doubled, cut_at = 0, -1
    sounding: _Row | None = None
    for tick, velocity in events:
        if velocity > 0:
            if sounding is not None and sounding[0] == tick:
                num_doubled += 1
            elif sounding is not None:
                unclosed.append(sounding)
                cut_at = tick
            sounding = tick, tick, pitch, velocity
        elif tick == cut_at:  # the note-off of the note before, written after the note-on that cut it
            onset, _, _, own_velocity = unclosed.pop()
            closed.append((onset, tick, pitch, own_velocity))
            cut_at = -1
        elif sounding is not None:
            closed.append((sounding[0], tick, pitch, sounding[3]))
            sounding = None
    return closed, unclosed + ([] if sounding is None else [sounding]), num_doubled


def struck_again(notes: Notes) -> Notes:
    """Return the notes of one channel, ended where their pitch is struck again."""
    if len(notes) < 2 or np.minimum.reduce(notes.onset[1:] - notes.end[:-1]) >= 0:
        return notes  # a line
    duration = durations_until_struck(notes.onset, notes.duration, notes.pitch)
    return notes if duration is notes.duration else Notes.ordered(notes.onset, duration, notes.pitch, notes.velocity)


def durations_until_struck(onset: IntArray, duration: IntArray, voice: IntArray) -> IntArray:
    """Return the durations of notes of many pitches and channels, ended where the same of one is struck again.

    Args:
        onset, duration: in ticks, shape (num_notes,); in order of onset within each voice.
        voice: a number for each pitch of each channel, from 0, shape (num_notes,).

    Returns:
        `duration` itself where no note is struck again while it sounds.
    """
    few = np.maximum.reduce(voice, initial=0) < 1 << 16
    order = np.argsort(voice.astype(np.uint16) if few else voice, kind="stable")  # 16 bits are sorted in linear time
    voice, onset, end = voice[order], onset[order], (onset + duration)[order]
    if not np.count_nonzero((voice[1:] == voice[:-1]) & (onset[1:] < end[:-1])):
        return duration
    is_last = np.append((voice[1:] != voice[:-1]) | (onset[1:] > onset[:-1]), True)  # of its voice and onset
    following = np.flatnonzero(is_last)[np.cumsum(is_last) - is_last] + 1
    is_followed = np.append(voice, -1)[following] == voice
    end = np.where(is_followed, np.minimum(end, np.append(onset, 0)[following]), end)
    ended = np.empty_like(duration)
    ended[order] = end - onset
    return ended
