"""The files that the commands of the documentation find: made small, and made once for all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pretty_midi
from plain import make_plain

from melodyrnn.cli.main import run
from melodyrnn.shipped import data_folder
from melodyrnn.tasks.progress import Cancellation, Progress
from melodyrnn.tasks.train import train
from melodyrnn.tasks.train_task import AskedSettings, TrainProgress, TrainTask

NUM_TUNES = 24
NUM_SONGS = 8
SETTINGS = AskedSettings(epochs=1, units=8, num_layers=1, length=16, batch_size=64)


class Materials:
    """Files and folders by name, made in `source` when they are first needed.

    Attributes:
        trained: the models that shown commands have trained, by the notes of their corpus.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        self.trained: dict[bytes, bytes] = {}

    def copy(self, name: str, folder: Path) -> None:
        """Copy one of MAKERS into a folder."""
        path = self.source / name
        if not path.exists():
            MAKERS[name](self.source)
        if path.is_dir():
            shutil.copytree(path, folder / name)
        else:
            shutil.copy2(path, folder / name)


def _tunes() -> list[Path]:
    return sorted((data_folder("samples") / "tunes").glob("*.mid"))


def make_folder(source: Path) -> None:
    """Tunes, and files of which nothing is kept, each for another reason."""
    folder = source / "my-midi"
    folder.mkdir()
    for path in _tunes()[:NUM_TUNES]:
        shutil.copy2(path, folder)
    chords = [(60 + n % 5 + k, n / 2, n / 2 + 0.5) for n in range(40) for k in (0, 4, 7)]
    _write(folder / "chords.mid", {"piano": chords})
    _write(folder / "short.mid", {"lead": [(60 + 2 * n, n / 2, n / 2 + 0.5) for n in range(6)]})
    played = [(60 + n % 7, n * 0.37 + 0.11 * (n % 3), n * 0.37 + 0.11 * (n % 3) + 0.3) for n in range(40)]
    _write(folder / "played.mid", {"lead": played})
    (folder / "broken.mid").write_bytes(b"<html>Not found</html>")


def make_song(source: Path) -> None:
    """A song of three tracks: a melody, a bass and drums."""
    _write_song(data_folder("samples") / "tunes" / "ode-to-joy.mid", source / "song.mid")


def make_songs(source: Path) -> None:
    """A folder of songs of four tracks: a melody, chords, a bass and drums."""
    folder = source / "my-songs"
    folder.mkdir()
    for path in sorted(_tunes(), key=lambda path: path.stat().st_size)[:NUM_SONGS]:
        _write_song(path, folder / path.name, with_chords=True)


def _write_song(tune_path: Path, path: Path, with_chords: bool = False) -> None:
    tune = pretty_midi.PrettyMIDI(str(tune_path))
    melody = [(note.pitch, note.start, note.end) for note in tune.instruments[0].notes]
    beats = list(pairwise(tune.get_beats().tolist()))
    tracks = {"MELODY": melody}
    if with_chords:
        tracks["PIANO"] = [(60 + tone, begin, end) for begin, end in beats[::4] for tone in (0, 4, 7)]
    tracks["BASS"] = [(31 + 5 * (n % 2), begin, end) for n, (begin, end) in enumerate(beats)]
    tracks["DRUMS"] = [(36, begin, end) for begin, end in beats]
    _write(path, tracks, tune.get_tempo_changes()[1][0])


def _write(path: Path, tracks: dict[str, Sequence[tuple[int, float, float]]], tempo: float = 120) -> None:
    midi = pretty_midi.PrettyMIDI(initial_tempo=tempo)
    for name, notes in tracks.items():
        instrument = pretty_midi.Instrument(32 if name == "BASS" else 0, is_drum=name == "DRUMS", name=name)
        instrument.notes = [pretty_midi.Note(80 + pitch % 20, pitch, start, end) for pitch, start, end in notes]
        midi.instruments.append(instrument)
    midi.write(str(path))


def make_tune(source: Path) -> None:
    shutil.copy2(data_folder("samples") / "tunes" / "ode-to-joy.mid", source / "tune.mid")


def make_melodies(source: Path) -> None:
    assert run(["generate", "--num", "4", "--bars", "8", "--seed", "7", "-o", str(source / "melodies")]) == 0


def make_corpus(source: Path) -> None:
    if not (source / "my-midi").exists():
        make_folder(source)
    assert run(["ingest", str(source / "my-midi"), "-o", str(source / "corpus"), "--test", "0.2"]) == 0
    make_plain(source / "corpus")


def make_model(source: Path) -> None:
    if not (source / "corpus").exists():
        make_corpus(source)
    train(TrainTask(source / "corpus", source / "mine.keras", SETTINGS))


def make_stopped_run(source: Path) -> None:
    """The state of a training that was stopped after a round."""
    if not (source / "corpus").exists():
        make_corpus(source)
    cancellation = Cancellation()

    def listen(progress: Progress) -> None:
        if isinstance(progress, TrainProgress) and progress.rounds == 2:
            cancellation.cancel()

    folder = source / "stopped"
    folder.mkdir()
    train(TrainTask(source / "corpus", folder / "mine.keras", replace(SETTINGS, batch_size=16)), listen, cancellation)
    shutil.copy2(folder / "mine.keras.run", source / "mine.keras.run")


def make_corpus_of_songs(source: Path) -> None:
    if not (source / "my-songs").exists():
        make_songs(source)
    assert (
        run(["ingest", str(source / "my-songs"), "-o", str(source / "pieces"), "--parts", "all", "--test", "0.2"]) == 0
    )


def make_band(source: Path) -> None:
    if not (source / "pieces").exists():
        make_corpus_of_songs(source)
    train(TrainTask(source / "pieces", source / "band.keras", SETTINGS))


def make_band_pieces(source: Path) -> None:
    if not (source / "band.keras").exists():
        make_band(source)
    checkpoint, output = str(source / "band.keras"), str(source / "band")
    assert run(["generate", "--checkpoint", checkpoint, "--bars", "4", "--seed", "7", "-o", output]) == 0


MAKERS: dict[str, Callable[[Path], None]] = {
    "my-midi": make_folder,
    "song.mid": make_song,
    "tune.mid": make_tune,
    "melodies": make_melodies,
    "corpus": make_corpus,
    "mine.keras": make_model,
    "mine.keras.run": make_stopped_run,
    "my-songs": make_songs,
    "pieces": make_corpus_of_songs,
    "band.keras": make_band,
    "band": make_band_pieces,
}
