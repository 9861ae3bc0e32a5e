"""The models of a studio: those that come with melodyrnn, those of the command line, those of the session's folder.

A model is loaded when it is first used, and kept; one whose file has changed is loaded again.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..checkpoint import Metadata, load_metadata
from ..errors import CheckpointError, MelodyRNNError
from ..generation.generator import Generator, load
from ..json_types import JsonObject
from ..shipped import DEFAULT_CHECKPOINT, checkpoint_names, model_path
from .endpoint import Answer, Call, CallError, Endpoint, answer_json

MAX_LOADED = 6  # models in memory
_Stamp = tuple[int, int]  # time of the last change and size of a file


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a model file at a time.

    Attributes:
        given: what `load` is given.
        stamp: that of the file.
        about: what the page is told.
    """

    given: str
    stamp: _Stamp
    about: JsonObject


class Models:
    """The models by name. A name is that of a checkpoint, else the stem of a file."""

    def __init__(self, checkpoints: Sequence[str] = (), folder: Path | None = None) -> None:
        """Offer the models that come with melodyrnn and more of them.

        Args:
            checkpoints: files or names; the first is the default model.
            folder: whose `.keras` files are models, also those that appear later.

        Raises:
            CheckpointError: where one of `checkpoints` is no model.
        """
        self._lock = threading.Lock()
        self._given = {model_path(one).stem: one for one in checkpoints}
        self._folder = folder
        self._known: dict[str, _Known] = {}
        self._loaded: dict[str, tuple[_Stamp, Generator]] = {}
        for one in self._given.values():
            if not model_path(one).is_file():
                raise CheckpointError(f"a model file must exist. Received: {one}")
        self.default = next(iter(self._given), DEFAULT_CHECKPOINT)

    def endpoints(self) -> Sequence[Endpoint]:
        return (Endpoint("GET", "/api/models", self._list, "the models", gives="Models"),)

    def close(self) -> None:
        """Nothing runs here."""

    def names(self) -> dict[str, str]:
        """Return what `load` takes by name, the default model first."""
        found = {name: name for name in checkpoint_names()}
        if self._folder is not None and self._folder.is_dir():
            found |= {path.stem: str(path) for path in sorted(self._folder.glob("*.keras"))}
        found |= self._given
        return {self.default: found.pop(self.default), **found}

    def describe(self) -> list[JsonObject]:
        """Return what the page is told about each model; files that are no models are left out."""
        found = []
        for name, given in self.names().items():
            try:
                found.append(self._about(name, given))
            except MelodyRNNError:  # a file that a training is just writing, or of another program
                continue
        return found

    def get(self, name: str | None = None) -> Generator:
        """Return a model, loaded; None is the default one. Raises CallError where there is none of that name."""
        name = name or self.default
        given = self.names().get(name)
        if given is None:
            raise CallError(f"a model must be one of {', '.join(self.names())}. Received: {name[:100]}", 404, "model")
        stamp = _stamp(model_path(given))
        with self._lock:  # so that two jobs do not load the same
            found = self._loaded.pop(name, None)
            if found is None or found[0] != stamp:
                found = stamp, load(None if given == DEFAULT_CHECKPOINT else given)
            self._loaded[name] = found  # the last one used is last
            while len(self._loaded) > MAX_LOADED:
                del self._loaded[next(iter(self._loaded))]
        return found[1]

    def _list(self, call: Call) -> Answer:
        return answer_json(self.describe())

    def _about(self, name: str, given: str) -> JsonObject:
        stamp = _stamp(model_path(given))
        known = self._known.get(name)
        if known is None or (known.given, known.stamp) != (given, stamp):
            loaded = self._loaded.get(name)
            metadata = loaded[1].metadata if loaded else load_metadata(model_path(given))
            known = self._known[name] = _Known(given, stamp, _about(name, metadata))
        return {**known.about, "default": name == self.default}


def _stamp(path: Path) -> _Stamp:
    """Return what changes when a file does. Raises CheckpointError where it is gone."""
    try:
        found = path.stat()
    except OSError as error:
        raise CheckpointError(f"a model file must exist. Received: {path}") from error
    return found.st_mtime_ns, found.st_size


def _about(name: str, metadata: Metadata) -> JsonObject:
    vocabulary = metadata.vocabulary
    parts = list(vocabulary.parts)
    keys = metadata.corpus.get("keys", {})
    return {
        "name": name,
        "kind": "parts" if parts else "melody",
        "parts": [part._asdict() for part in parts],
        "meters": [str(meter) for meter in vocabulary.meters],
        "keys": list(keys) if isinstance(keys, dict) else [],
        "tempo": metadata.corpus.get("tempo"),
        "hasForm": "form" in vocabulary.conditions,
        "hasChords": "chords" in vocabulary.kinds,
    }
