"""Answers: in the key and meter, of the length asked for, another for another seed; errors reach the one who asks."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from melodyrnn.errors import CheckpointError
from melodyrnn.generation.control import SCALES
from melodyrnn.generation.generator import load
from melodyrnn.live.answer import Answerer, Question, answer
from melodyrnn.music.keys import Key


@pytest.mark.parametrize(("meter", "name"), [((4, 4), "D major"), ((3, 4), "G minor"), ((6, 8), "A major")])
def test_an_answer_fits(make_melody: Any, meter: tuple[int, int], name: str) -> None:
    model, key = load(), Key.parse(name)
    tonic = 60 + key.tonic
    steps = SCALES[key.mode]
    primer = make_melody([tonic + steps[i] for i in (0, 2, 4, 2, 1, 0)], 12, meter=meter, key=name)
    seen = set()
    for seed in range(12):
        found = answer(model, Question(primer, key, meter, 2, 0.9, seed))
        length = 2 * 4 * meter[0] / meter[1]
        assert found.notes[0][0] == 0.0
        assert all(0 <= onset < length and onset + duration <= length for onset, duration, _, _ in found.notes)
        assert all((pitch - key.tonic) % 12 in steps for _, _, pitch, _ in found.notes)
        assert found.key == key
        seen.add(found.notes)
    assert len(seen) >= 10
    assert answer(model, Question(primer, key, meter, 2, 0.9, 3)) == answer(
        model, Question(primer, key, meter, 2, 0.9, 3)
    )


def test_no_answer_is_given_twice(make_melody: Any) -> None:
    """One bar at a low temperature has few answers."""
    model, key = load(), Key.parse("C major")
    primer = make_melody([60, 64, 67, 60], 12)
    given: list[Any] = []
    for _ in range(5):
        question = Question(primer, key, (4, 4), 1, 0.8, 11, frozenset(given))
        found = answer(model, question).tune
        assert found not in given
        given.append(found)


@pytest.mark.slow
def test_the_worker_answers_alike_and_hands_on_errors(tmp_path: Any) -> None:
    question = Question(None, Key(0, "major"), (4, 4), 1, 0.9, 7)
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
def test_killed_outright_it_leaves_no_worker() -> None:
    code = """if __name__ == "__main__":
        import multiprocessing, time
        from melodyrnn.live.answer import Answerer, Question
        from melodyrnn.music.keys import Key
        worker = Answerer(None)
        worker.ask(Question(None, Key(0, "major"), (4, 4), 1, 0.9, 7)).result()
        print(multiprocessing.active_children()[0].pid, flush=True)
        time.sleep(60)"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        assert child.exists()
        parent.kill()
    stop = time.monotonic() + 10
    while child.exists():
        assert time.monotonic() < stop
        time.sleep(0.05)
