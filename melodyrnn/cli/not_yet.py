"""What users ask for that no command does, and the nearest thing that one does."""

from __future__ import annotations

_PARTS = "a part is drawn by a model of several parts: generate --parts melody,bass --checkpoint MODEL"
_FILES = "there is no plug-in: drag the written files into your DAW, or play into it with melodyrnn play --port NAME"
_STYLE = "a style is a model: generate --checkpoint songs, or train one on such music"
_LENGTH = "a length is counted in bars: generate --bars 16 --tempo 96"

# option, without its dashes -> the nearest thing, in words that name commands and options that exist
NEAREST = {
    **dict.fromkeys(("drums", "bass", "piano", "tracks", "voices", "harmony"), _PARTS),
    **dict.fromkeys(("vst", "plugin", "daw"), _FILES),
    **dict.fromkeys(("style", "genre", "artist"), _STYLE),
    **dict.fromkeys(("seconds", "duration", "notes"), _LENGTH),
    "bpm": "a tempo is --tempo, in quarter notes per minute",
    "lyrics": "no words are written; those of a file are kept: generate --primer FILE",
    "instrument": "an instrument is generate --program violin",
    "midi": "a MIDI file to go on from is generate --primer FILE; MIDI files to learn from are those of ingest",
}
