"""melodyrnn: generates melodies with an LSTM that reads each note as one event and can repeat earlier bars.

    import melodyrnn
    melodyrnn.generate(num=4, bars=16, seed=7)[0].write("tune.mid")

Importing this package imports no other package; a public name is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:  # the names of _PUBLIC, for type checkers; a test compares the two
    from .api.corpus import Corpus, open_corpus
    from .api.generating import generate
    from .api.measuring import compare, evaluate, fit_critic
    from .api.model import Model, load
    from .api.page import Page
    from .api.piece import Piece, Score, read_piece
    from .api.previewing import preview
    from .api.training import IngestedCorpus, TrainedModel, ingest, save_model, train
    from .corpus.ingest.config import Filters
    from .corpus.ingest.run import IngestSummary
    from .corpus.ingest.sources import Limits
    from .errors import (
        Cancelled,
        CheckpointError,
        ClusterError,
        CorpusError,
        MelodyRNNError,
        MidiError,
        MissingExtraError,
        NotationError,
        OutputError,
        SettingError,
        TrainingError,
    )
    from .evaluation.bits import Evaluation
    from .evaluation.compare import Comparison
    from .extract.extractor import ExtractionSettings
    from .model.settings import TrainingSettings
    from .music.keys import Key
    from .music.meter import Meter
    from .music.piece import Notes, Track
    from .score.score import Part
    from .tasks.progress import Cancellation, Progress

# public name -> module that holds it
_PUBLIC = {
    "Cancellation": "tasks.progress",
    "Cancelled": "errors",
    "CheckpointError": "errors",
    "ClusterError": "errors",
    "Comparison": "evaluation.compare",
    "Corpus": "api.corpus",
    "CorpusError": "errors",
    "Evaluation": "evaluation.bits",
    "ExtractionSettings": "extract.extractor",
    "Filters": "corpus.ingest.config",
    "IngestSummary": "corpus.ingest.run",
    "IngestedCorpus": "api.training",
    "Key": "music.keys",
    "Limits": "corpus.ingest.sources",
    "MelodyRNNError": "errors",
    "Meter": "music.meter",
    "MidiError": "errors",
    "MissingExtraError": "errors",
    "Model": "api.model",
    "NotationError": "errors",
    "Notes": "music.piece",
    "OutputError": "errors",
    "Page": "api.page",
    "Part": "score.score",
    "Piece": "api.piece",
    "Progress": "tasks.progress",
    "Score": "api.piece",
    "SettingError": "errors",
    "Track": "music.piece",
    "TrainedModel": "api.training",
    "TrainingError": "errors",
    "TrainingSettings": "model.settings",
    "compare": "api.measuring",
    "evaluate": "api.measuring",
    "fit_critic": "api.measuring",
    "generate": "api.generating",
    "ingest": "api.training",
    "load": "api.model",
    "open_corpus": "api.corpus",
    "preview": "api.previewing",
    "read_piece": "api.piece",
    "save_model": "api.training",
    "train": "api.training",
}
__all__ = [
    "Cancellation",
    "Cancelled",
    "CheckpointError",
    "ClusterError",
    "Comparison",
    "Corpus",
    "CorpusError",
    "Evaluation",
    "ExtractionSettings",
    "Filters",
    "IngestSummary",
    "IngestedCorpus",
    "Key",
    "Limits",
    "MelodyRNNError",
    "Meter",
    "MidiError",
    "MissingExtraError",
    "Model",
    "NotationError",
    "Notes",
    "OutputError",
    "Page",
    "Part",
    "Piece",
    "Progress",
    "Score",
    "SettingError",
    "Track",
    "TrainedModel",
    "TrainingError",
    "TrainingSettings",
    "__version__",
    "compare",
    "evaluate",
    "fit_critic",
    "generate",
    "ingest",
    "load",
    "open_corpus",
    "preview",
    "read_piece",
    "save_model",
    "train",
]

if not TYPE_CHECKING:  # else type checkers would accept any name

    def __getattr__(name: str) -> object:
        if name in _PUBLIC:
            return getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
