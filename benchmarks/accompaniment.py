"""How well the other parts are predicted where one is given, on the test split of a corpus.

    python benchmarks/accompaniment.py MODEL CORPUS [--given melody] [--pieces 50] [--num 30] [--temperatures 0.85]

CORPUS is that of the model: lead sheets, of which the chords are accompanied by nothing but the melody, or pieces such
as those of POP909. Bits per event of all parts but the given ones, over all their fields:

    given         with the given parts, seen ahead; the bits of the shift and the part of a given event, which say that
                  nothing new comes before it, count too, and stand in a line of their own (an upper bound: what is
                  drawn pays only for shifts that reach it)
    not given     the same events where the network reads those parts only as they come
    order 2       a Markov chain of these parts alone (evaluation/markov.py), trained on the training split: each field
                  from its values in the two events before and from the earlier fields of its event
    order 2, all  the same chain over the events of all parts, of which only those of these parts count

The ends of the pieces, keys and numbers of bars are left out of all. A corpus with chord symbols also gets the share
of sixteenths, from step 0 to the last bar line, at which a chord drawn to the melody is the written one, and at which
its root is, over the first NUM pieces of the split, with one drawing a piece: "likeliest" takes the likeliest value
field by field, the others draw at a temperature, so that theirs is an expectation. Beside it stands the share of the
chord that is written most often, relative to the tonic, in the training pieces.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from melodyrnn.arrays import Bools, Float64s, IntArray
from melodyrnn.checkpoint import load_checkpoint
from melodyrnn.corpus.store import open_corpus
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.evaluation.markov import MarkovModel
from melodyrnn.events.parts.names import find_parts
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.loop import go_on
from melodyrnn.generation.parts.loop import generate_parts
from melodyrnn.generation.parts.pieces import plan_of_pieces
from melodyrnn.generation.request import Request
from melodyrnn.music.chords import NO_CHORD, ChordSymbol, transpose_codes
from melodyrnn.music.keys import tonic_offset
from melodyrnn.network.network import Network
from melodyrnn.score.score import Score
from melodyrnn.score.slots import slots_of
from melodyrnn.shipped import model_path

STEPS_PER_SIXTEENTH = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--given", default="melody", help="names of the parts that are given, with commas")
    parser.add_argument("--pieces", type=int, help="test pieces that are measured in bits [all]")
    parser.add_argument("--num", type=int, default=30, help="pieces whose chords are drawn")
    parser.add_argument("--temperatures", default="0.85")
    options = parser.parse_args()
    metadata, weights = load_checkpoint(model_path(options.model))
    vocabulary, corpus = metadata.vocabulary, open_corpus(options.corpus)
    given = find_parts(tuple(options.given.split(",")), vocabulary, "given")
    train, every = corpus.scores("train"), corpus.scores("test")
    test = [score for score in every if len(set(is_drawn(score, vocabulary, given).tolist())) == 2]
    print(f"{len(test)} of {len(every)} test pieces have a given part and others; bits per event of the others")
    network = Network(metadata, weights)
    measured = test[: options.pieces]
    say_network(network, vocabulary, measured, given)
    say_chain("order 2", alone(train, vocabulary, given), alone(measured, vocabulary, given), vocabulary, ())
    say_chain("order 2, all", train, measured, vocabulary, given)
    with_chords = [score for score in test if any(part.kind == "chords" for part in score.parts)]
    if with_chords and not any(vocabulary.kinds[part] == "chords" for part in given):
        say_chords(load(options.model), train, with_chords[: options.num], given, options.temperatures)


def is_drawn(score: Score, vocabulary: Vocabulary, given: Sequence[int]) -> Bools:
    """Return which notes of a score are not of a given part, (num_notes,)."""
    slots = vocabulary.sorted_values["part"][list(given)]
    return ~np.isin(np.array(slots_of(score.parts))[score.part], slots)


def alone(scores: Sequence[Score], vocabulary: Vocabulary, given: Sequence[int]) -> list[Score]:
    """Return the scores without the given parts; those that are then empty are left out."""
    rest = [score[is_drawn(score, vocabulary, given)] for score in scores]
    return [score for score in rest if len(score)]


def say(label: str, fields: Sequence[str], bits: Float64s, num_events: int) -> None:
    """Print the bits per event of a table (num_rows, num_fields)."""
    per_event = bits.sum(axis=0) / num_events
    by_field = ", ".join(f"{name} {of:.3f}" for name, of in zip(fields, per_event.tolist(), strict=True))
    print(f"{label:18s}{per_event.sum():7.3f} ({by_field}; {num_events:,} events)", flush=True)


def say_network(network: Network, vocabulary: Vocabulary, test: Sequence[Score], given: Sequence[int]) -> None:
    """Print the bits of the network with the given parts and without."""
    seen, unseen = evaluate(network, vocabulary, test, given=given), evaluate(network, vocabulary, test)
    own = ~np.isin(np.concatenate(list(unseen.part)), given)
    num_events = int(np.count_nonzero(own))
    bits = np.concatenate(seen.bits)
    say("given", seen.fields, bits, num_events)
    say("  at given events", seen.fields, bits[~own], num_events)
    say("not given", unseen.fields, np.concatenate(unseen.bits)[own], num_events)


def say_chain(
    label: str, train: Sequence[Score], test: Sequence[Score], vocabulary: Vocabulary, given: Sequence[int]
) -> None:
    """Print the bits of a Markov chain; those of events of a given part do not count."""
    end = np.zeros((1, len(vocabulary.values)), dtype=np.int64)  # the rows of `context_of` end with END
    end[0, 0] = vocabulary.end
    encoded = [[np.concatenate([vocabulary.encode_score(one)[0], end]) for one in scores] for scores in (train, test)]
    chain = MarkovModel(encoded[0], [vocabulary.size(field) for field in vocabulary.fields])
    rows = np.concatenate([target[:-1] for target in encoded[1]])
    bits = np.concatenate(chain.bits(encoded[1])) * applies(vocabulary)[rows[:, 1]]
    own = ~np.isin(rows[:, 1], given)
    say(label, list(vocabulary.values), bits[own], int(np.count_nonzero(own)))


def applies(vocabulary: Vocabulary) -> Bools:
    """Return which fields the events of each part have, (num_parts, num_fields)."""
    kinds = [field.kind for field in vocabulary.fields]
    return np.array([[kind in (None, own) for kind in kinds] for own in vocabulary.kinds])


def say_chords(
    model: Generator, train: Sequence[Score], test: Sequence[Score], given: Sequence[int], temperatures: str
) -> None:
    """Print how often drawn chords are the written ones."""
    usual = usual_chord(train)
    print(f"{len(test)} pieces, share of sixteenths with the written chord, and with its root")

    def always(score: Score) -> IntArray:
        chord = transpose_codes(np.array([usual]), tonic_offset(score.key))
        return np.repeat(chord, len(chords_of(score)))

    say_agreement(f"always {ChordSymbol.from_code(usual)} in C", test, list(map(always, test)))
    requests = {f"temperature {t}": Request(temperature=float(t)) for t in temperatures.split(",")}
    for label, request in {"likeliest": Request(top_k=1), **requests}.items():
        drawn = [drawn_chords(model, score, given, replace(request, seed=n)) for n, score in enumerate(test)]
        say_agreement(label, test, drawn)


def usual_chord(scores: Sequence[Score]) -> int:
    """Return the chord that sounds longest in some scores, transposed to a tonic of C."""
    total = Counter[int]()
    for score in scores:
        total.update(transpose_codes(chords_of(score), -tonic_offset(score.key)).tolist())
    return max((code for code in total if code != NO_CHORD), key=lambda code: total[code])


def chords_of(score: Score, num_bars: int | None = None) -> IntArray:
    """Return the code of the chord at each sixteenth, (num_sixteenths,); `NO_CHORD` where none sounds."""
    steps = np.arange(0, (num_bars or score.num_bars) * score.bar, STEPS_PER_SIXTEENTH)
    own = score[np.array([part.kind == "chords" for part in score.parts])[score.part]]
    place = np.searchsorted(own.onset, steps, side="right") - 1
    code = np.append(own.pitch, NO_CHORD)[place]
    return np.where(steps < np.append(own.onset + own.duration, 0)[place], code, NO_CHORD)


def drawn_chords(model: Generator, score: Score, given: Sequence[int], request: Request) -> IntArray:
    """Return the chords that are drawn to the given parts of a score, as `chords_of` does."""
    kept = score[~is_drawn(score, model.vocabulary, given)]
    present = np.unique(kept.part)
    melody = replace(
        kept, part=np.searchsorted(present, kept.part), parts=tuple(score.parts[number] for number in present)
    )
    chords = model.vocabulary.parts[model.vocabulary.kinds.index("chords")]
    plan = plan_of_pieces(replace(request, given=melody, draw=(chords.role,)), model.metadata).plan
    drawn = generate_parts(model.network, model.vocabulary, plan, go_on)[0]
    return chords_of(drawn, score.num_bars)


def say_agreement(label: str, test: Sequence[Score], drawn: Sequence[IntArray]) -> None:
    """Print the shares of equal chords, and of equal roots."""
    truth, answer = np.concatenate(list(map(chords_of, test))), np.concatenate(drawn)
    roots = [np.array([root_of(code) for code in codes.tolist()]) for codes in (truth, answer)]
    print(f"{label:24s}{(truth == answer).mean():8.1%}{(roots[0] == roots[1]).mean():8.1%}", flush=True)


def root_of(code: int) -> int:
    """Return the root of a chord, -1 for none."""
    symbol = ChordSymbol.from_code(code)
    return -1 if code == NO_CHORD else symbol.root


if __name__ == "__main__":
    main()
