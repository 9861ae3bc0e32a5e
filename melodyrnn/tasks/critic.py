"""The task of `melodyrnn critic`: fits the critic of a model to its training tunes, and writes it into its file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..checkpoint import replace_member
from ..corpus.store import open_corpus
from ..critic.file import MEMBER, to_bytes
from ..evaluation.classifier.judges import BARS, LEAST, Fitted, critic_of, fit_critic, too_few
from ..evaluation.classifier.learners import EXTRA
from ..evaluation.cut import is_shorter
from ..extras import check_installed
from ..files import check_output
from ..shipped import model_path
from .paths import StrPath
from .progress import Cancellation, Listener, Progress, reporter

GENERATING, FITTING = "writing pieces", "fitting the critic"
MOST = 1500  # tunes, and as many pieces


@dataclass(frozen=True, slots=True)
class CriticTask:
    """The settings of fitting a critic.

    Attributes:
        model: a .keras file, or a shipped checkpoint by name, which is rewritten.
        corpus: folder of the corpus that it was trained on; the critic learns from its training split.
        seed: of the tunes and the pieces that are used.
    """

    model: StrPath
    corpus: StrPath
    seed: int = 0


def fit(task: CriticTask, listener: Listener | None = None, cancellation: Cancellation | None = None) -> list[Fitted]:
    """Fit the critic of a model and write it into its file, atomically; return its judges with their figures.

    Raises:
        CheckpointError, CorpusError: where the model or the corpus cannot be read.
        SettingError: where the corpus has too few tunes, or the model draws several parts.
        OutputError: where the file cannot be written; it is then unchanged.
        MissingExtraError: where scikit-learn is not installed.
        Cancelled: where it was cancelled; checked between groups of pieces.
    """
    from ..generation.alike import generate_alike
    from ..generation.generator import load
    from ..generation.request import Request

    report = reporter(listener, cancellation)
    check_installed(EXTRA)
    path = check_output(model_path(task.model), force=True)
    model = load(path)
    model.must_draw_melodies("a critic")
    rng = np.random.default_rng(task.seed)
    tunes = [tune for tune in open_corpus(task.corpus).scores("train") if not is_shorter(tune, BARS[0])]
    if len(tunes) < LEAST:
        raise too_few(len(tunes))
    tunes = [tunes[number] for number in rng.permutation(len(tunes))[:MOST].tolist()]
    drawn = generate_alike(
        model,
        tunes,
        len(tunes),
        task.seed,
        Request(rank=1),
        lambda done: report(Progress(done, len(tunes), GENERATING)),
    )
    report(Progress(0, None, FITTING))
    fitted = fit_critic(tunes, drawn, task.seed)
    replace_member(path, MEMBER, to_bytes(critic_of(fitted)))
    return fitted
