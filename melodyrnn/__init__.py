"""melodyrnn: melodies from an LSTM that sees a note as one event and knows that tunes return.

    import melodyrnn
    model = melodyrnn.load()
    model.generate(num=4, bars=16, seed=7)[0].write("tune.mid")

Importing this costs next to nothing; each name below is fetched when first used.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# public name -> module that holds it
_PUBLIC = {
    "load": "api",
    "Model": "api",
    "read_piece": "api",
    "Piece": "api",
    "preview": "view.preview",
    "Key": "music.keys",
    "Score": "score.score",
    "ingest": "corpus.ingest.run",
    "open_corpus": "corpus.store",
    "Corpus": "corpus.store",
    "train": "model.training",
    "TrainingSettings": "model.settings",
    "save_model": "model.saving",
    "evaluate": "evaluation.bits",
    "compare": "evaluation.compare",
}
__all__ = sorted([*_PUBLIC, "__version__"])


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
