"""The table of all wishes: what a user may set of a generation, each with its kind, its limits and its words.

A wish is a field of `Request`, or of `PartWishes` where it is for single parts. The command line makes its options from
this table, the studio its controls; what `Request` and the plan refuse beyond these limits depends on other wishes, on
the model or on given music.
"""

from __future__ import annotations

from ..music.programs import PROGRAMS
from .scales import SCALES
from .wish import Wish
from .wishes import ENDINGS

_FORMS = ("free", "AABB", "AABA", "ABAB", "ABAC", "AAB", "ABA", "AB")
_METERS = ("4/4", "3/4", "2/4", "2/2", "6/8", "9/8", "12/8")


# The limits of bars and pieces that a single call may ask for are the caller's.
_TABLE = (
    Wish(
        "bars",
        "integer",
        "Exact number of bars of each piece; those of a primer come before them.",
        low=1,
        is_common=True,
    ),
    Wish(
        "seed",
        "integer",
        "Seed; the same seed writes the same files",
        unset="a new one each time",
        low=0,
        is_common=True,
    ),
    Wish(
        "temperature",
        "number",
        "1 samples as predicted; lower is more predictable, higher more surprising; 0 takes the likeliest notes.",
        low=0,
        is_common=True,
    ),
    Wish("rhythm_temperature", "number", "Temperature of onsets and durations", unset="as --temperature", low=0),
    Wish("top_k", "integer", "Draw only from the K likeliest values.", low=1),
    Wish(
        "top_p",
        "number",
        "Draw only from the likeliest values that together reach this probability.",
        low=0,
        high=1,
        is_above=True,
    ),
    Wish("min_p", "number", "Exclude values less likely than this share of the likeliest.", low=0, high=1),
    Wish(
        "form",
        "text",
        "Sections of equal length, such as AABA, that repeat after 1, 2, 4, 8 or 16 bars, A' for varied and A2 for "
        "another ending; or free. Most bars follow it, not all",
        unset="the form of a tune of the corpus",
        suggestions=_FORMS,
        is_common=True,
    ),
    Wish(
        "form_weight",
        "number",
        "How strongly the form is followed in bars that repeat an earlier one",
        unset="1; 0 without --form where the model has layouts of tunes",
        low=0,
        model="melody",
    ),
    Wish(
        "meter",
        "text",
        "Meter, such as 3/4",
        unset="that of the primer, else 4/4",
        form="meter",
        suggestions=_METERS,
        is_common=True,
    ),
    Wish(
        "tempo",
        "number",
        "Quarter notes per minute",
        unset="that of the primer or corpus",
        low=4,
        high=1000,
        is_common=True,
    ),
    Wish(
        "key",
        "text",
        'Key, such as "D minor" or "E dorian": all notes are in its scale, the last is its tonic',
        unset="that of the primer or the most common one of the corpus, which restricts no note",
        form="key",
        is_common=True,
    ),
    Wish(
        "scale",
        "text",
        'Allowed notes: a name such as minor-pentatonic, or "0,2,4,7,9" above the tonic.',
        suggestions=tuple(SCALES),
        is_common=True,
    ),
    Wish(
        "range",
        "range",
        "Lowest and highest note, such as C4:C6, or of a part: bass=E1:G2.",
        low=0,
        high=127,
        metavar="LOW:HIGH",
        is_common=True,
        per_part=True,
    ),
    Wish(
        "max_interval",
        "integer",
        "Largest interval between successive notes, in semitones.",
        low=1,
        metavar="N",
        per_part=True,
    ),
    Wish(
        "density", "number", "Notes per bar.", low=0, high=64, is_above=True, metavar="N", is_common=True, per_part=True
    ),
    Wish(
        "register",
        "text",
        "Median note that melodies are drawn around, such as D5",
        unset="as in the corpus",
        form="pitch",
        metavar="NOTE",
        model="melody",
    ),
    Wish(
        "pickup",
        "number",
        "Length of the pick-up in beats of the meter's denominator, under a bar; 0 for none",
        unset="as often and as long as in the corpus",
        low=0,
        metavar="BEATS",
        model="melody",
    ),
    Wish(
        "polyphony",
        "integer",
        "Most notes of a part that begin together: piano=4.",
        low=1,
        metavar="N",
        model="parts",
        per_part=True,
    ),
    Wish(
        "parts",
        "names",
        "Parts to draw, such as melody,bass",
        unset="all",
        metavar="NAMES",
        is_common=True,
        model="parts",
    ),
    Wish(
        "given",
        "music",
        "Keep the parts of this file and draw the others; needs a model of several parts.",
        metavar="FILE.mid",
        model="parts",
        is_given=True,
    ),
    Wish(
        "draw",
        "names",
        "With --given: parts to draw, such as bass,drums",
        unset="those that the model knows and the file lacks",
        metavar="NAMES",
        model="parts",
        is_given=True,
    ),
    Wish(
        "roles",
        "roles",
        "With --given: the role of a track of the file, by name or number, where the guess is wrong. Repeatable.",
        metavar="TRACK=ROLE",
        model="parts",
        is_given=True,
    ),
    Wish(
        "chords",
        "text",
        'Chord symbols to draw to, such as "C:2 G:2 | Am F" (lengths in beats).',
        metavar="SYMBOLS",
        is_common=True,
        model="parts",
    ),
    Wish("render_chords", "flag", "Let chord symbols sound, as a part of their own.", model="parts"),
    Wish(
        "end",
        "choice",
        "Last note: the tonic; close (a full close: long, on a strong beat, by step or from the dominant); open (not "
        "the tonic); or any",
        unset="as the tunes of the corpus end, mostly on the tonic; with --key the tonic",
        choices=(*ENDINGS, "any"),
    ),
    Wish(
        "primer",
        "music",
        'The beginning of the piece: a MIDI file, or notes such as "C4 E4 G4:2 r C5" (lengths in quarters).',
        metavar="FILE.mid|NOTES",
        is_given=True,
    ),
    Wish("primer_bars", "bars", "Use these bars of the primer alone, such as 1-8.", model="melody", is_given=True),
    Wish(
        "given_part",
        "text",
        "Track of the primer file that is continued; all other tracks are kept as they are",
        unset="the melody",
        metavar="NAME|NUMBER",
        model="melody",
        is_given=True,
    ),
    Wish("include_primer", "flag", "Whether the primer is part of the written piece.", model="melody", is_given=True),
    Wish(
        "vary",
        "number",
        "Write variations of the primer; the share of its pitches to draw anew.",
        low=0,
        high=1,
        is_given=True,
    ),
    Wish("infill", "bars", "Draw these bars of the primer anew, such as 3-4, and keep the rest.", is_given=True),
    Wish(
        "new_ending",
        "integer",
        "Draw the last bars of the primer anew, so that it closes; 2 where no number is given.",
        low=1,
        metavar="[BARS]",
        is_given=True,
    ),
    Wish(
        "locked",
        "notes",
        "With --infill, --new-ending or --vary: keep this note of the primer, such as 3840=C5. Repeatable.",
        metavar="[TRACK:]TICK=NOTE",
        is_given=True,
    ),
    Wish(
        "rank",
        "integer",
        "Draw N drafts of each piece and keep the best",
        unset="4 for new pieces of 8 bars and more where the model has a critic, as folk and songs have, else 1",
        low=1,
        model="melody",
    ),
    Wish(
        "max_copy",
        "number",
        "Draw a piece again that shares a passage longer than this, in bars, with a training tune.",
        low=0,
        is_above=True,
        model="melody",
    ),
    Wish(
        "program",
        "text",
        "General MIDI program, 0..127 or a name such as violin",
        unset="that of the primer or part, else 0",
        form="program",
        suggestions=PROGRAMS,
        metavar="PROGRAM",
        per_part=True,
    ),
    Wish(
        "swing",
        "number",
        "Position of off-beat eighths: 0.5 straight, 0.67 triplets.",
        low=0.5,
        high=0.75,
    ),
    Wish("humanize", "number", "How much timing and loudness vary.", low=0, high=1),
    Wish("guard", "flag", "Keep pieces from getting stuck on one note or one bar.", model="melody"),
)
WISHES = {wish.name: wish for wish in _TABLE}
