"""Edges, returns, density, register and modes of generated melodies beside real ones: what a musician hears first.

    python benchmarks/edges.py MODEL CORPUS [--only endings,close,returns,density,register,modes] [--num 200] [--seed 0]

Pieces have 16 bars and, where nothing else is said, the default settings of `melodyrnn generate`; they are read as they
would be written to files. "Real" are all pieces of the corpus, in the same meter, mode or density; "held out" are those
of its test split. An overlap is the area that two distributions share, 0..1; "real to real" is the mean over twenty
ways to halve the held-out pieces, so it is lower the fewer they are.

    endings    where the last note begins (in beats), how long it is (in sixteenths), and the interval into it
    close      with `--end close`: shares that begin on a strong beat, last a third of the bar, are approached by step
               or from the dominant
    returns    pick-ups, leaps where a new bar leads into one that returns, varied returns, other endings, entropy of
               durations, rests
    density    3, 6 and 9 notes a bar: the mean, its spread from bar to bar, and the sounding share beside real pieces
               of that meter and about that density
    register   the median pitch of 100 pieces in each of the twelve keys beside that of the corpus
    modes      the share of the note that makes a mode what it is, beside real pieces in that mode
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from melodyrnn.conditions.bar_repeats import NEW
from melodyrnn.conditions.laid_out import layouts_of
from melodyrnn.conditions.layout import Layout
from melodyrnn.conditions.returns import EXACT, NEW_BAR, OTHER_ENDING, SAME_RHYTHM, VARIED
from melodyrnn.corpus.store import open_corpus
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.request import Request
from melodyrnn.generation.scales import ModalKey
from melodyrnn.music.meter import Meter
from melodyrnn.music.modes import OWN_DEGREES
from melodyrnn.music.piece import Piece
from melodyrnn.music.units import STEPS_PER_QUARTER
from melodyrnn.score.score import Score

BARS = 16
METERS = ("2/4", "3/4", "4/4", "6/8")


def row(*cells: object) -> None:
    print("| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |")


def head(*cells: object) -> None:
    print()
    row(*cells)
    print("|" + "---|" * len(cells))


def as_score(piece: Piece, like: Request) -> Score:
    """The melody of a generated piece, on the grid."""
    notes = next(track.notes for track in piece.tracks if len(track.notes))
    step = piece.ticks_per_quarter // STEPS_PER_QUARTER
    key = piece.keys[0].key
    meter = piece.meters[0].meter
    columns = (notes.onset // step, notes.duration // step, notes.pitch, notes.velocity)
    return Score.line(*columns, meter, key)


def draw(model: Generator, num: int, seed: int, **wishes: object) -> list[Score]:
    request = Request(num=num, bars=BARS, seed=seed, **wishes)  # type: ignore[arg-type]
    return [as_score(piece, request) for piece in model.generate(request)]


def beat_of(meter: Meter) -> int:
    """Steps in a beat: a dotted one where the meter is compound."""
    bar = meter.bar(STEPS_PER_QUARTER)
    compound = meter.denominator >= 8 and meter.numerator % 3 == 0
    return bar // (meter.numerator // 3) if compound else bar // meter.numerator


def overlap(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    a, b = Counter(one), Counter(other)
    return sum(min(a[v] / len(one), b[v] / len(other)) for v in a.keys() & b.keys())


def halves(values: Sequence[Hashable], rng: np.random.Generator) -> float:
    found = []
    for _ in range(20):
        order = rng.permutation(len(values)).tolist()
        half = len(order) // 2
        found.append(overlap([values[n] for n in order[:half]], [values[n] for n in order[half:]]))
    return float(np.mean(found))


ENDINGS: dict[str, Callable[[Score], Hashable]] = {
    "beat": lambda s: int(s.onset[-1] % s.bar) // beat_of(s.meter),
    "length": lambda s: round(int(s.duration[-1]) / 3),
    "interval": lambda s: max(-12, min(12, int(s.pitch[-1] - s.pitch[-2]))),
}


def endings(model: Generator, real: list[Score], held_out: list[Score], num: int, seed: int) -> None:
    head("meter", "real", "held out", "", "overlap with all", "with held out", "real to real")
    for meter in map(Meter.parse, METERS):
        own, test = ([s for s in pieces if s.meter == meter and len(s) > 1] for pieces in (real, held_out))
        if len(own) < 20:
            continue
        drawn = draw(model, num, seed, meter=meter)
        for name, of in ENDINGS.items():
            values = [[of(s) for s in pieces] for pieces in (drawn, own, test)]
            test_values = values[2] if len(test) > 3 else None
            with_test = overlap(values[0], test_values) if test_values else ""
            between = halves(test_values, np.random.default_rng(0)) if test_values else ""
            row(meter, len(own), len(test), name, overlap(values[0], values[1]), with_test, between)


def is_strong(score: Score) -> bool:
    """The first beat, or the middle of a bar of four, six or twelve beats or two compound ones."""
    place, beats = int(score.onset[-1] % score.bar), score.bar // beat_of(score.meter)
    halved = beats % 2 == 0 and (beats >= 4 or score.meter.numerator % 3 == 0)
    return place == 0 or (halved and 2 * place == score.bar)


def close(model: Generator, num: int, seed: int) -> None:
    head("meter", "strong beat", "a third of the bar", "by step or from the dominant", "all three")
    for meter in map(Meter.parse, METERS):
        drawn = draw(model, num, seed, meter=meter, end="close")
        strong = np.array([is_strong(s) for s in drawn])
        long = np.array([3 * int(s.duration[-1]) >= s.bar for s in drawn])
        into = np.array([int(s.pitch[-1] - s.pitch[-2]) for s in drawn])
        dominant = np.array([(int(s.pitch[-2]) - s.key.tonic) % 12 == 7 for s in drawn])
        approach = (np.abs(into) <= 2) | dominant
        shares = (strong, long, approach, strong & long & approach)
        row(meter, *(float(share.mean()) for share in shares))


def leaps_into_returns(score: Score, layout: Layout) -> list[int]:
    """Sizes of the intervals over a bar line from a new bar into one that returns exactly."""
    bar = score.onset // score.bar - score.pickup_bars
    out = []
    for n, (one, other) in enumerate(pairwise(layout.returns), start=1):
        if one in (NEW_BAR, SAME_RHYTHM) and other == EXACT:
            before, after = np.flatnonzero(bar == n - 1), np.flatnonzero(bar == n)
            if len(before) and len(after):
                out.append(abs(int(score.pitch[after[0]] - score.pitch[before[-1]])))
    return out


def duration_entropy(score: Score) -> float:
    share = np.bincount(score.duration) / len(score)
    share = share[share > 0]
    return -float(share @ np.log2(share))


def has_other_ending(layout: Layout) -> bool:
    """Whether a section of three bars and more returns exactly but for its last bar."""
    run = 0
    for label, kind in zip(layout.form, layout.returns, strict=True):
        if kind == EXACT and int(label) > NEW:
            run += 1
        else:
            if run >= 3 and kind in (NEW_BAR, SAME_RHYTHM, VARIED, OTHER_ENDING):
                return True
            run = 0
    return False


def returns(model: Generator, real: list[Score], num: int, seed: int) -> None:
    drawn = [s for meter in METERS for s in draw(model, num // 4, seed, meter=Meter.parse(meter))]
    shares = Counter(str(s.meter) for s in real)
    columns = [_returns(real, dict.fromkeys(METERS, 1)), _returns(drawn, shares)]
    head("", "real", "generated")
    for name, value in columns[0].items():
        row(name, value, columns[1][name])


def _returns(pieces: list[Score], weights: Mapping[str, int]) -> dict[str, float]:
    """Weighted means over the first 16 bars of pieces; the weight of each is that of its meter."""
    first = [s[s.onset < (BARS + s.pickup_bars) * s.bar] for s in pieces if s.num_bars >= BARS]
    laid_out = [(s, layout) for s, layout in zip(first, layouts_of(first), strict=True) if layout is not None]
    weight = np.array([weights.get(str(s.meter), 0) for s, _ in laid_out], dtype=float)
    weight /= weight.sum()

    def mean(of: Callable[[Score, Layout], float]) -> float:
        return float(np.dot(weight, [of(s, layout) for s, layout in laid_out]))

    leaps = [(w, size) for own, w in zip(laid_out, weight.tolist(), strict=True) for size in leaps_into_returns(*own)]
    total = sum(w for w, _ in leaps) or 1
    return {
        "pieces with a pick-up": mean(lambda s, layout: s.pickup_bars),
        "interval from a new bar into a return": sum(w * size for w, size in leaps) / total,
        "of these ten semitones and more": sum(w * (size >= 10) for w, size in leaps) / total,
        "bars that return exactly": mean(lambda s, layout: share_of(layout, EXACT)),
        "bars that return varied": mean(lambda s, layout: share_of(layout, VARIED, OTHER_ENDING)),
        "pieces in which a section has another ending": mean(lambda s, layout: has_other_ending(layout)),
        "entropy of durations, bits": mean(lambda s, layout: duration_entropy(s)),
        "notes before a rest": mean(lambda s, layout: float((s.onset[1:] > (s.onset + s.duration)[:-1]).mean())),
        "spread of notes a bar": mean(lambda s, layout: float(np.std(layout.notes))),
        "range in semitones": mean(lambda s, layout: float(np.ptp(s.pitch))),
    }


def share_of(layout: Layout, *kinds: int) -> float:
    return float(np.isin(layout.returns, kinds).mean())


def sounding(score: Score) -> float:
    return float(score.duration.sum()) / (score.onset[-1] + score.duration[-1] - score.onset[0])


def density(model: Generator, real: list[Score], num: int, seed: int) -> None:
    head("asked", "mean", "spread from bar to bar", "real", "sounding", "real, 10 %", "real, 90 %")
    counts = [(s, layout.notes) for s, layout in zip(real, layouts_of(real), strict=True) if layout is not None]
    for wish in (3, 6, 9):
        drawn = draw(model, num, seed, density=float(wish))
        own = [layout.notes for layout in layouts_of(drawn) if layout is not None]
        near = [(s, notes) for s, notes in counts if s.meter == drawn[0].meter and abs(np.mean(notes) - wish) < 0.5]
        like = float(np.mean([np.std(notes) for _, notes in near])) if near else ""
        low, high = np.quantile([sounding(s) for s, _ in near], (0.1, 0.9)).tolist() if near else ("", "")
        means = (float(np.mean(list(map(of, own)))) for of in (np.mean, np.std))
        row(wish, *means, like, float(np.mean([sounding(s) for s in drawn])), low, high)


def register(model: Generator, real: list[Score], seed: int) -> None:
    head("key", "real pieces", "real median", "generated")
    found = []
    for tonic in ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"):
        key = ModalKey.parse(f"{tonic} major")
        own = [s for s in real if s.key == key.key]
        found.append(median_pitch(draw(model, 100, seed, key=key)))
        row(key, len(own), median_pitch(own) if len(own) >= 10 else "", found[-1])
    jumps = np.abs(np.diff([*found, found[0]]))
    print(f"\nmedian of the corpus {median_pitch(real):.0f}; largest jump between neighbours {jumps.max():.0f}")


def median_pitch(scores: list[Score]) -> float:
    return float(np.median(np.concatenate([s.pitch for s in scores])))


def modes(model: Generator, real: list[Score], num: int, seed: int) -> None:
    head("mode", "real pieces", "share of its note", "of pieces", "generated", "of pieces")
    for mode, (degree, _) in OWN_DEGREES.items():
        own = [s for s in real if s.key.mode == mode]
        drawn = draw(model, num, seed, key=ModalKey.parse(f"D {mode}"))
        row(mode, len(own), *(share_of_degree(own, degree) if own else ("", "")), *share_of_degree(drawn, degree))


def share_of_degree(scores: list[Score], degree: int) -> tuple[float, float]:
    hits = [(s.pitch - s.key.tonic) % 12 == degree for s in scores]
    return float(np.concatenate(hits).mean()), float(np.mean([own.any() for own in hits]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--only", default="endings,close,returns,density,register,modes")
    parser.add_argument("--num", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    model, corpus = load(args.model), open_corpus(args.corpus)
    real, held_out = corpus.melodies("all"), corpus.melodies("test")
    measures: dict[str, Callable[[], None]] = {
        "endings": lambda: endings(model, real, held_out, args.num, args.seed),
        "close": lambda: close(model, args.num, args.seed),
        "returns": lambda: returns(model, real, args.num, args.seed),
        "density": lambda: density(model, real, args.num, args.seed),
        "register": lambda: register(model, real, args.seed),
        "modes": lambda: modes(model, real, args.num, args.seed),
    }
    for name in args.only.split(","):
        measures[name]()


if __name__ == "__main__":
    main()
