"""The model file: a `.keras` archive, which Keras can load, with `melodyrnn.json` added to it.

`melodyrnn.json` has everything except the weights: format version, grid, vocabulary, settings of the network, figures
of the corpus and of the training. `weights.json` has the place of each weight in the archive's HDF5 file, so that
generating needs neither Keras nor h5py, whose import takes as long as reading all else; files without it, such as older
ones, are read by h5py. `ngrams.npz` has the n-grams of a model with n-gram experts, `critic.npz` the critic of one that
has it. Nothing is unpickled.
"""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .arrays import Float32s
from .critic.critic import Critic
from .critic.file import MEMBER as CRITIC
from .critic.file import from_bytes as critic_of_bytes
from .critic.file import to_bytes as critic_bytes
from .errors import CheckpointError
from .events.vocabulary import Vocabulary
from .files import atomic_file, special_kind
from .json_types import JsonObject
from .music.units import STEPS_PER_QUARTER
from .ngrams.file import from_bytes, to_bytes
from .ngrams.ngrams import Ngrams

if TYPE_CHECKING:
    import h5py

FORMAT = "melodyrnn model"
VERSION = 1
METADATA = "melodyrnn.json"
_WEIGHTS = "model.weights.h5"
_PLACES = "weights.json"  # {"crc32": of _WEIGHTS, "places": {name of a weight: {"offset": in bytes, "shape": [...]}}}
_NGRAMS = "ngrams.npz"  # see ngrams/file.py
_WEIGHT_TYPE = np.dtype("<f4")
_MAX_METADATA_BYTES = 16 * 2**20

# Errors of zipfile, json and h5py for damaged data; RuntimeError for passwords, unknown methods and deep nesting.
_READ_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)

Weights = dict[str, Float32s]  # by path within the network, such as "core_0/kernel"


@dataclass(frozen=True)
class Metadata:
    """The contents of a model file except the weights.

    Attributes:
        vocabulary: the values of every field.
        network: arguments of the network besides its inputs: units, num_layers, dropout ...
        corpus: statistics of its training corpus: pieces, notes, mean tempo, meters ...
        training: settings and figures of the training.
        ngrams: its n-gram experts; `load_metadata` leaves them out.
        critic: chooses among drafts; `load_metadata` leaves it out.
    """

    vocabulary: Vocabulary
    network: JsonObject
    corpus: JsonObject = field(default_factory=dict)
    training: JsonObject = field(default_factory=dict)
    ngrams: Ngrams = field(default=Ngrams(), compare=False)
    critic: Critic = field(default=Critic(), compare=False)

    def __repr__(self) -> str:
        return f"Metadata({self.vocabulary}, {', '.join(f'{name}={value}' for name, value in self.network.items())})"

    @property
    def reading(self) -> str:
        """The extractor (extract/registry.py) that takes from files what the model knows."""
        return str(self.corpus.get("reading", "tracks")) if self.vocabulary.parts else "melody"

    def to_json(self) -> JsonObject:
        """Return the content of `melodyrnn.json`."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "steps_per_quarter": STEPS_PER_QUARTER,
            "vocabulary": self.vocabulary.to_json(),
            "network": self.network,
            "corpus": self.corpus,
            "training": self.training,
        }


def load_metadata(path: str | os.PathLike[str]) -> Metadata:
    """Return the metadata of a model file. Raises CheckpointError where it cannot be read or is of a newer version."""
    with _open(path) as archive:
        return _metadata(archive, Path(path))


def load_checkpoint(path: str | os.PathLike[str]) -> tuple[Metadata, Weights]:
    """Return the metadata and the weights of a model file, read without Keras.

    Raises CheckpointError where the file cannot be read or is of a newer version.
    """
    with _open(path) as archive:
        metadata = _with_ngrams(_metadata(archive, Path(path)), archive, Path(path))
        metadata = _with_critic(metadata, archive, Path(path))
        try:
            data, places = archive.read(_WEIGHTS), _places(archive)
            weights = _collect(data) if places is None else _take(data, places)
        except (*_READ_ERRORS, KeyError, TypeError, AttributeError) as error:
            raise CheckpointError(f"the weights of {path} cannot be read: {error}") from error
    return metadata, weights


def add_metadata(path: Path, metadata: Metadata) -> None:
    """Add `melodyrnn.json`, and the n-grams and the critic if any, to a `.keras` archive that does not have them."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(METADATA, json.dumps(metadata.to_json(), indent=1))
        if metadata.ngrams.weights:
            archive.writestr(zipfile.ZipInfo(_NGRAMS), to_bytes(metadata.ngrams))  # which is compressed already
        if metadata.critic:
            archive.writestr(zipfile.ZipInfo(CRITIC), critic_bytes(metadata.critic))


def replace_member(path: str | os.PathLike[str], name: str, data: bytes) -> None:
    """Write a member of a model file, in the place of an older one, atomically.

    Raises:
        CheckpointError: where the file does not exist or is not a zip archive.
        OutputError: where it cannot be written; the file is then unchanged.
    """
    try:
        with (
            zipfile.ZipFile(path) as old,
            atomic_file(path, force=True) as temporary,
            zipfile.ZipFile(temporary, "w") as new,
        ):
            for item in old.infolist():
                if item.filename != name:
                    new.writestr(item, old.read(item))
            new.writestr(zipfile.ZipInfo(name), data)  # with a fixed date, so equal data give equal bytes
    except (zipfile.BadZipFile, zlib.error, FileNotFoundError) as error:
        raise CheckpointError(f"a model must be a .keras file. Received: {path} ({error})") from error


def has_critic(path: str | os.PathLike[str]) -> bool:
    """Return whether a model file has a critic. Raises CheckpointError where it cannot be read."""
    with _open(path) as archive:
        return CRITIC in archive.namelist()


def add_places(path: Path) -> None:
    """Add `weights.json` to a `.keras` archive whose weights stand in one piece each, as Keras writes them."""
    import h5py

    with zipfile.ZipFile(path, "a") as archive:
        with h5py.File(io.BytesIO(archive.read(_WEIGHTS)), "r") as file:
            found = {name: (item.id.get_offset(), item.shape, item.dtype) for name, item in _datasets(file).items()}
        if any(offset is None or kind != _WEIGHT_TYPE for offset, _, kind in found.values()):
            return
        places = {name: {"offset": offset, "shape": list(shape)} for name, (offset, shape, _) in found.items()}
        content = json.dumps({"crc32": archive.getinfo(_WEIGHTS).CRC, "places": places})
        archive.writestr(zipfile.ZipInfo(_PLACES), content)  # with a fixed date, so equal weights give equal bytes


def _open(path: str | os.PathLike[str]) -> zipfile.ZipFile:
    path = Path(path)
    if not path.exists():
        raise CheckpointError(f"a model file must exist. Received: {path}")
    if path.is_dir():
        kind = "a corpus" if (path / "corpus.json").exists() else "a folder"
        raise CheckpointError(f"a model must be a .keras file. Received {kind}: {path}")
    if special := special_kind(path):
        raise CheckpointError(f"a model must be a .keras file. Received {special}: {path}")
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise CheckpointError(
            f"a model must be a .keras file, which is a zip archive. Received: {path} ({error})"
        ) from error


def _metadata(archive: zipfile.ZipFile, path: Path) -> Metadata:
    try:
        if archive.getinfo(METADATA).file_size > _MAX_METADATA_BYTES:
            raise CheckpointError(f"{METADATA} in {path} must be at most 16 MiB")
        data = json.loads(archive.read(METADATA))
        version = data["version"]
    except KeyError:
        raise CheckpointError(
            f"a model must hold {METADATA}, as those that melodyrnn train writes do. Received: {path}"
        ) from None
    except (*_READ_ERRORS, TypeError) as error:
        raise CheckpointError(f"{METADATA} in {path} is damaged: {error}") from error
    if data.get("format") != FORMAT or not isinstance(version, int):
        raise CheckpointError(f"{METADATA} in {path} is not that of a model")
    if version > VERSION:
        raise CheckpointError(
            f"this melodyrnn reads models up to version {VERSION}; upgrade it. Received: {path}, version {version}"
        )
    try:
        if data["steps_per_quarter"] != STEPS_PER_QUARTER:
            raise ValueError(f"a grid of {data['steps_per_quarter']} steps per quarter")
        vocabulary = Vocabulary.from_json(data["vocabulary"])
        network = dict(data["network"])
        for name in ("units", "num_layers"):
            if not (isinstance(network[name], int) and network[name] >= 1):
                raise ValueError(f"{name} must be >= 1. Received: {network[name]!r}")
        return Metadata(vocabulary, network, dict(data["corpus"]), dict(data["training"]))
    except (KeyError, ValueError, TypeError) as error:
        raise CheckpointError(f"{METADATA} in {path} is damaged: {error!r}") from error


def _with_ngrams(metadata: Metadata, archive: zipfile.ZipFile, path: Path) -> Metadata:
    if _NGRAMS not in archive.namelist():
        return metadata
    sizes = {one.name: metadata.vocabulary.size(one) for one in metadata.vocabulary.fields}
    try:
        return replace(metadata, ngrams=from_bytes(archive.read(_NGRAMS), sizes))
    except (*_READ_ERRORS, KeyError, TypeError) as error:
        raise CheckpointError(f"the n-grams of {path} are damaged: {error!r}") from error


def _with_critic(metadata: Metadata, archive: zipfile.ZipFile, path: Path) -> Metadata:
    if CRITIC not in archive.namelist():
        return metadata
    try:
        return replace(metadata, critic=critic_of_bytes(archive.read(CRITIC)))
    except (*_READ_ERRORS, KeyError, TypeError) as error:
        raise CheckpointError(f"the critic of {path} is damaged: {error!r}") from error


# Names of the variables of a layer, by their number.
_VARIABLES = {1: ("embeddings",), 2: ("kernel", "bias"), 3: ("kernel", "recurrent_kernel", "bias")}


def _collect(data: bytes) -> Weights:
    """Return the weights of an HDF5 file."""
    import h5py

    with h5py.File(io.BytesIO(data), "r") as file:
        return {name: np.asarray(item[()], dtype=np.float32) for name, item in _datasets(file).items()}


def _datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """Return the datasets of the weights by name; the variables of a layer are in its group "vars"."""
    found: dict[str, h5py.Dataset] = {}

    def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
        parts = name.split("/")
        if not hasattr(item, "keys") or parts[-1] != "vars" or not len(item) or parts[0] == "optimizer":
            return
        for key, label in zip(sorted(item), _VARIABLES[len(item)], strict=True):
            found[f"{parts[0]}/{label}"] = item[key]

    file.visititems(visit)
    return found


def _places(archive: zipfile.ZipFile) -> JsonObject | None:
    """Return the places of the weights; None where the archive has none, or has those of other weights."""
    if _PLACES not in archive.namelist() or archive.getinfo(_PLACES).file_size > _MAX_METADATA_BYTES:
        return None
    content = json.loads(archive.read(_PLACES))
    places: JsonObject = content["places"]
    return places if content["crc32"] == archive.getinfo(_WEIGHTS).CRC else None


def _take(data: bytes, places: JsonObject) -> Weights:
    """Return the weights at places of an HDF5 file, read-only. Raises ValueError for a place that is not in it."""
    weights: Weights = {}
    for name, place in places.items():
        shape = tuple(place["shape"])
        weights[name] = np.frombuffer(data, _WEIGHT_TYPE, math.prod(shape), place["offset"]).reshape(shape)
    return weights
