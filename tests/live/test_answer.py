"""Answers: in the key, meter and length of the question, different for each seed; errors reach the caller."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from waiting import until

from melodyrnn.errors import CheckpointError
from melodyrnn.generation.generator import load
from melodyrnn.generation.scales import SCALES
from melodyrnn.live.answer import Answerer, Question, Tune, answer
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score


@pytest.mark.parametrize(
    ("meter", "name"), [(Meter(4, 4), "D major"), (Meter(3, 4), "G minor"), (Meter(6, 8), "A major")]
)
def test_an_answer_has_the_key_meter_and_length_of_its_question(
    make_melody: Callable[..., Score], meter: Meter, name: str
) -> None:
    model, key = load(), Key.parse(name)
    tonic = 60 + key.tonic
    steps = SCALES[key.mode]
    primer = make_melody([tonic + steps[i] for i in (0, 2, 4, 2, 1, 0)], 12, meter=meter, key=name)
    seen = set()
    for seed in range(12):
        found = answer(model, Question(primer, key, meter, 2, 0.9, seed))
        length = 2 * meter.quarters
        assert found.notes[0][0] == 0.0
        assert all(0 <= onset < length and onset + duration <= length for onset, duration, _, _ in found.notes)
        assert all((pitch - key.tonic) % 12 in steps for _, _, pitch, _ in found.notes)
        assert found.key == key
        seen.add(found.notes)
    assert len(seen) >= 10
    assert answer(model, Question(primer, key, meter, 2, 0.9, 3)) == answer(
        model, Question(primer, key, meter, 2, 0.9, 3)
    )


def test_no_answer_is_given_twice(make_melody: Callable[..., Score]) -> None:
    """One bar at a low temperature has few answers."""
    model, key = load(), Key.parse("C major")
    primer = make_melody([60, 64, 67, 60], 12)
    played: list[Tune] = []
    for _ in range(5):
        question = Question(primer, key, Meter(4, 4), 1, 0.8, 11, frozenset(played))
        found = answer(model, question).tune
        assert found not in played
        played.append(found)


@pytest.mark.slow
def test_the_worker_gives_the_same_answer_and_passes_on_errors(tmp_path: Path) -> None:
    question = Question(None, Key(0, "major"), Meter(4, 4), 1, 0.9, 7)
    worker = Answerer(None)
    try:
        assert worker.ask(question).result(60) == answer(load(), question)
    finally:
        worker.close()
    worker = Answerer(str(tmp_path / "no.keras"))
    try:
        with pytest.raises(CheckpointError, match="a model file must exist"):
            worker.ask(question).result(60)
    finally:
        worker.close()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked for in /proc")
def test_the_worker_ends_where_its_parent_is_killed() -> None:
    code = """if __name__ == "__main__":
        import multiprocessing, sys
        from melodyrnn.live.answer import Answerer, Question
        from melodyrnn.music.keys import Key
        worker = Answerer(None)
        worker.ask(Question(None, Key(0, "major"), (4, 4), 1, 0.9, 7)).result()
        print(multiprocessing.active_children()[0].pid, flush=True)
        sys.stdin.read()"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        assert child.exists()
        parent.kill()
    until(lambda: not child.exists())
