"""A critic is fitted to a corpus and written into the file of its model, or nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from band_models import band_generator
from critics import leaping

import melodyrnn
from melodyrnn.cli.main import run
from melodyrnn.corpus.store import write_corpus
from melodyrnn.errors import OutputError, SettingError
from melodyrnn.tasks.critic import FITTING, GENERATING, CriticTask, fit
from melodyrnn.tasks.progress import Cancellation, Cancelled, Progress


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("critic") / "corpus"
    tunes = leaping(215, 0.05, 1, bars=8)
    write_corpus(path, tunes, ["train"] * 205 + ["test"] * 10)
    return path


@pytest.mark.slow
def test_the_model_gets_a_critic(model_file: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stages: list[Progress] = []
    (fitted,) = fit(CriticTask(model_file, corpus), stages.append)
    assert (fitted.judge.num_bars, fitted.tunes) == (8, 205)
    assert fitted.auc > 0.9  # the model has not learned these tunes
    assert {one.stage for one in stages} == {GENERATING, FITTING}
    assert max(one.done for one in stages) == 205
    written = model_file.read_bytes()
    assert run(["critic", str(model_file), str(corpus)]) == 0
    assert model_file.read_bytes() == written
    shown = capsys.readouterr().out
    assert f"AUC of {fitted.auc:.3f} (205 tunes, {fitted.pieces} pieces)" in shown
    assert run(["critic", str(model_file), str(corpus), "--json"]) == 0
    (figures,) = json.loads(capsys.readouterr().out)
    assert figures == {"bars": 8, "tunes": 205, "pieces": fitted.pieces, "auc": fitted.auc}
    assert run(["info", str(model_file)]) == 0
    assert "chooses among the drafts" in capsys.readouterr().out
    assert melodyrnn.fit_critic(model_file, corpus)[0].auc == fitted.auc


def test_a_small_corpus_is_refused(model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_corpus(tmp_path / "corpus", leaping(20, 0.05, 1, bars=8), ["train"] * 20)
    before = model_file.read_bytes()
    assert run(["critic", str(model_file), str(tmp_path / "corpus")]) == 1
    assert "at least 200 training tunes of 8 bars and more. Received: 20" in capsys.readouterr().err
    assert model_file.read_bytes() == before


def test_cancelled_the_file_is_unchanged(model_file: Path, corpus: Path) -> None:
    before, cancellation = model_file.read_bytes(), Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        fit(CriticTask(model_file, corpus), None, cancellation)
    assert model_file.read_bytes() == before


def test_a_model_of_several_parts_has_none(monkeypatch: pytest.MonkeyPatch, model_file: Path, corpus: Path) -> None:
    monkeypatch.setattr("melodyrnn.generation.generator.load", lambda path: band_generator())
    with pytest.raises(SettingError, match="a critic needs a model of melodies"):
        fit(CriticTask(model_file, corpus))


def test_a_file_that_cannot_be_written_is_refused_before_the_work(model_file: Path, corpus: Path) -> None:
    link = model_file.parent / "folder.keras"
    link.mkdir()
    with pytest.raises(OutputError, match="must not be a folder"):
        fit(CriticTask(link, corpus))
