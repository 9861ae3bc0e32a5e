"""Copies part by part: a copied part beside new ones, slots, chords, and what compare says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import ensembles

from melodyrnn.evaluation.compare import compare
from melodyrnn.evaluation.novelty import Index
from melodyrnn.evaluation.part_copies import PartIndexes, top_lines
from melodyrnn.evaluation.part_features import leading_line
from melodyrnn.score.score import Part, Score
from melodyrnn.score.slots import SLOTS, slots_of

Make = Callable[..., Score]
# No interval of one line is in another.
SOPRANO, BASS = [72, 74, 71, 72, 77, 76, 74, 72], [48, 55, 48, 43, 47, 43, 36, 43]
OTHER = [60, 66, 54, 63, 52, 62, 56, 65]
COLUMNS = ("onset", "duration", "pitch", "velocity", "part")
TWO = (Part("s", role="melody"), Part("b", role="bass"))


def test_a_copied_bass_is_found_below_a_new_melody(make_parts: Make) -> None:
    training = [replace(make_parts(SOPRANO, BASS, parts=TWO), name="the chorale")]
    found = PartIndexes(training).longest(make_parts(OTHER, [pitch + 2 for pitch in BASS], parts=TWO))
    assert (found["bass"].notes, found["bass"].bars, found["bass"].tune) == (8, 2.0, "the chorale")
    assert found["melody"].notes == 0


def test_a_part_is_searched_among_parts_of_its_slot_alone(make_parts: Make) -> None:
    indexes = PartIndexes([make_parts(SOPRANO, BASS, parts=TWO)])
    exchanged = make_parts(BASS, SOPRANO, parts=TWO)
    assert [passage.notes for passage in indexes.longest(exchanged).values()] == [0, 0]
    with_harmony = make_parts(SOPRANO, BASS, BASS, parts=(*TWO, Part("h", role="harmony")))
    assert set(indexes.longest(with_harmony)) == {"melody", "bass"}  # no training piece has a harmony


def test_chords_count_by_their_highest_notes_and_drums_not_at_all(make_parts: Make) -> None:
    parts = (Part("s"), Part("p", role="harmony"), Part("d", "drums", 0, "drums"))
    chords = [(pitch - 12, pitch - 5, pitch) for pitch in SOPRANO]
    indexes = PartIndexes([make_parts(OTHER, chords, [36, 38] * 4, parts=parts)])
    thinner = [(pitch - 9, pitch) for pitch in SOPRANO]
    found = indexes.longest(make_parts(BASS, thinner, [36, 38] * 4, parts=parts))
    assert {slot: passage.notes for slot, passage in found.items()} == {"melody": 0, "harmony": 8}


@given(st.lists(ensembles(), min_size=1, max_size=3))
def test_every_part_is_found_whole_among_its_own_pieces(scores: list[Score]) -> None:
    indexes = PartIndexes(scores)
    for score in scores:
        melodic = {
            SLOTS[slot].name
            for number, slot in enumerate(slots_of(score.parts))
            if score.parts[number].kind == "melodic" and (score.part == number).any()
        }
        lines, found = top_lines(score), indexes.longest(score)
        assert set(lines) == set(found) == melodic
        assert all(found[slot].notes == (len(line) if len(line) > 1 else 0) for slot, line in lines.items())


def test_the_figures_are_over_the_pieces_that_have_the_part(make_parts: Make) -> None:
    indexes = PartIndexes([make_parts(SOPRANO, BASS, parts=TWO)])
    pieces = [make_parts(SOPRANO[:length], parts=TWO[:1]) for length in (3, 5, 8)]
    copies = indexes.copies([*pieces, make_parts(OTHER, BASS, parts=TWO)])
    assert list(copies) == ["melody", "bass"]
    assert copies["melody"].median_notes == np.median([3, 5, 8, 0])
    assert copies["bass"].median_notes == 8
    assert copies["bass"].p90_bars == 2.0


def test_compare_shows_the_copies_of_each_part(chorales: list[Score]) -> None:
    names = ["melody", "bass", "harmony", "harmony 2"]
    train, real, others = chorales[:20], chorales[20:40], chorales[40:60]
    spoiled = [score[score.part != 3] for score in others]
    copied = [
        replace(score, **{name: np.concatenate([getattr(score, name), getattr(bass, name)]) for name in COLUMNS})
        for score, bass in zip(spoiled, (score[score.part == 3] for score in train), strict=True)
    ]
    found = compare(copied, real, part_indexes=PartIndexes(train))
    assert list(found.part_copies) == names
    generated, of_real = found.part_copies["bass"]
    assert generated.median_notes > 3 * of_real.median_notes
    assert found.part_copies["melody"][0].median_notes == PartIndexes(train).copies(others)["melody"].median_notes
    assert found.to_json()["part_copies"]["bass"]["real"] == of_real.to_json()
    assert "part_copies" not in compare(others, real).to_json()


def test_an_index_of_pieces_of_several_parts_holds_their_leading_lines(chorales: list[Score]) -> None:
    index, lines = Index.of(chorales[:10]), [leading_line(score) for score in chorales]
    assert index.to_bytes() == Index.of(lines[:10]).to_bytes()
    assert [index.longest(line).notes for line in lines[:3]] == [len(line) for line in lines[:3]]
