import pretty_midi
import pytest

from melodyrnn.music.drums import DRUMS, FIRST_DRUM, drum_name


def test_every_drum_has_a_name_of_its_own_and_every_pitch_one() -> None:
    assert len(DRUMS) == len(set(DRUMS)) == 61
    assert len({drum_name(pitch) for pitch in range(128)}) == 128
    assert drum_name(90) == "drum 90"
    assert drum_name(FIRST_DRUM) == "High Q"
    assert drum_name(85) == "Castanets"


@pytest.mark.parametrize("word", ["Tambourine", "Cowbell", "Vibraslap", "Cabasa", "Maracas", "Claves", "Side"])
def test_the_names_stand_at_the_pitches_of_general_midi(word: str) -> None:
    """By the table of pretty_midi, of the pitches 35 to 81."""
    (pitch,) = (p for p in range(35, 82) if word.lower() in pretty_midi.note_number_to_drum_name(p).lower())
    assert drum_name(pitch).startswith(word)
    assert pitch >= FIRST_DRUM
