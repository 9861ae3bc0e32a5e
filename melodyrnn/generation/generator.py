"""A loaded model: `load()` once, `generate()` again and again. What the command `melodyrnn generate` calls."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..checkpoint import Metadata, load_checkpoint
from ..errors import SettingError
from ..events.melody import Melody, to_piece
from ..inference.network import Network
from ..music.keys import Key
from ..music.piece import Piece, bar_length
from .loop import Plan, generate_melodies
from .sampling import check_temperature

if TYPE_CHECKING:
    from ..events.vocabulary import Vocabulary

DEFAULT_TEMPERATURE = 1.0
DEFAULT_BARS = 16


class Generator:
    """A trained network with its vocabulary.

    Attributes:
        name: of the model, the stem of its file.
        metadata: everything the model file holds beside weights.
    """

    def __init__(self, metadata: Metadata, network: Network, name: str) -> None:
        self.metadata = metadata
        self.name = name
        self._network = network

    @property
    def vocabulary(self) -> Vocabulary:
        return self.metadata.vocabulary

    @property
    def network(self) -> Network:
        return self._network

    def generate(
        self,
        num: int = 1,
        bars: int = DEFAULT_BARS,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: int | None = None,
        primer: Melody | None = None,
        meter: tuple[int, int] | None = None,
        key: Key | None = None,
        tempo: float | None = None,
        program: int = 0,
    ) -> list[Piece]:
        """Write new pieces.

        Args:
            num: how many.
            bars: bars generated, exact; a primer's come before them.
            temperature: 1 follows the network; lower is safer, higher is wilder; 0 always takes the likeliest.
            seed: pieces of one seed are the same; None draws one.
            primer: a melody to go on from. Its meter, key and tempo are taken over unless given.
            meter: as (numerator, denominator); 4/4 where None, if the corpus had it, else its most common.
            key: the corpus's most common where None.
            tempo: quarter notes per minute; the corpus's median where None.
            program: General MIDI program, 0..127.

        Raises:
            SettingError: where a setting is outside its rule.
        """
        seed = secrets.randbelow(2**31) if seed is None else seed
        plan = self.plan(num, bars, temperature, seed, primer, meter, key, tempo)
        if not 0 <= program <= 127:
            raise SettingError(f"program must be 0..127. Received: {program}")
        melodies = generate_melodies(self._network, self.vocabulary, plan)
        return [
            to_piece(
                replace(melody, name=f"{self.name} {number}"),
                plan.num_bars,
                program,
                (self._recipe(plan, number),),
            )
            for number, melody in enumerate(melodies, start=1)
        ]

    def plan(
        self,
        num: int,
        bars: int,
        temperature: float,
        seed: int,
        primer: Melody | None = None,
        meter: tuple[int, int] | None = None,
        key: Key | None = None,
        tempo: float | None = None,
    ) -> Plan:
        """Check the settings and fill the blanks. Raises SettingError."""
        for name, value, low in (("num", num, 1), ("bars", bars, 1), ("seed", seed, 0)):
            if value < low:
                raise SettingError(f"{name} must be >= {low}. Received: {value}")
        check_temperature(temperature)
        if tempo is not None and not 4 <= tempo <= 1000:
            raise SettingError(f"tempo must be 4..1000 quarter notes per minute. Received: {tempo}")
        meter = meter or (primer.meter if primer else self._usual_meter())
        self._check_meter(meter)
        if primer is not None:
            primer = _as_primer(primer, meter, key)
        if key is None:
            key = primer.key if primer else self._usual_key()
        microseconds = round(60e6 / tempo) if tempo else primer.microseconds_per_quarter if primer else None
        if microseconds is None:
            microseconds = round(60e6 / self.metadata.corpus.get("tempo", 120))
        opening = primer.num_bars if primer else 0
        return Plan(num, opening + bars, meter, key, microseconds, temperature, seed, primer)

    def _check_meter(self, meter: tuple[int, int]) -> None:
        numerator, denominator = meter
        known = ", ".join("{}/{}".format(*m) for m in self.vocabulary.meters)
        if denominator not in (1, 2, 4, 8, 16) or not 1 <= numerator <= 64:
            raise SettingError(
                "meter must be like 4/4: 1..64 beats of a 1st, 2nd, 4th, 8th or 16th. "
                f"Received: {numerator}/{denominator}"
            )
        if bar_length(*meter, 12) > self.vocabulary.max_bar:
            raise SettingError(
                f"meter must have a bar no longer than those this model has seen ({known}). "
                f"Received: {numerator}/{denominator}"
            )

    def _usual_meter(self) -> tuple[int, int]:
        if (4, 4) in self.vocabulary.meters:
            return 4, 4
        text = next(iter(self.metadata.corpus.get("meters", {"4/4": 1})))
        numerator, denominator = text.split("/")
        return int(numerator), int(denominator)

    def _usual_key(self) -> Key:
        return Key.parse(next(iter(self.metadata.corpus.get("keys", {"C major": 1}))))

    def _recipe(self, plan: Plan, number: int) -> str:
        return (
            f"melodyrnn generate: checkpoint {self.name}, seed {plan.seed}, piece {number}, bars {plan.num_bars}, "
            f"temperature {plan.temperature:g}, meter {plan.meter[0]}/{plan.meter[1]}, key {plan.key}"
        )


def _as_primer(primer: Melody, meter: tuple[int, int], key: Key | None) -> Melody:
    """The primer in the meter, and in the key where one is given: as it sounds, only read in that key."""
    if not len(primer):
        raise SettingError("primer must hold at least one note. Received: none")
    changed = replace(primer, meter=meter, key=key or primer.key)
    first = changed.onset[0] // changed.bar * changed.bar
    return replace(changed, onset=np.asarray(changed.onset - first))


def load(path: str | os.PathLike[str] | None = None) -> Generator:
    """Load a model file, or the checkpoint that comes with melodyrnn. Raises CheckpointError."""
    path = Path(path) if path is not None else default_checkpoint()
    metadata, weights = load_checkpoint(path)
    return Generator(metadata, Network(metadata, weights), path.stem)


def default_checkpoint() -> Path:
    """The shipped checkpoint, wherever melodyrnn is installed or checked out."""
    return data_folder("checkpoints") / "default.keras"


def data_folder(name: str) -> Path:
    """The folder "checkpoints" or "samples" as installed, else that of the source checkout."""
    from importlib.resources import files

    try:
        return Path(str(files(f"melodyrnn.{name}")))
    except ModuleNotFoundError:
        return Path(__file__).resolve().parents[2] / name
