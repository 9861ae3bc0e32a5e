from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from note_rows import experts

from melodyrnn.checkpoint import METADATA, Metadata, add_metadata, add_places, load_checkpoint, load_metadata
from melodyrnn.errors import CheckpointError, MelodyRNNError
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.network.cells import RecurrentConfig
from melodyrnn.network.network import Network, expected_shapes
from melodyrnn.ngrams.ngrams import Ngrams
from melodyrnn.score.score import Score
from melodyrnn.shipped import checkpoint_names, model_path

WEIGHTS = "model.weights.h5"
PLACES = "weights.json"
NGRAMS = "ngrams.npz"


def rewrite(path: Path, edit: Callable[[dict[str, bytes]], object]) -> None:
    """Change the members of the archive: name -> bytes."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    edit(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def with_metadata(path: Path, **changes: object) -> None:
    def edit(members: dict[str, bytes]) -> None:
        members[METADATA] = json.dumps({**json.loads(members[METADATA]), **changes}).encode()

    rewrite(path, edit)


def message(path: Path) -> str:
    """Of both ways to read it; they say the same of all but the weights."""
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    if "weights" not in text:
        with pytest.raises(CheckpointError) as again:
            load_metadata(path)
        assert str(again.value) == text
    return text


def test_an_undamaged_model(model_file: Path, tunes: list[Score], fit: Callable[..., Vocabulary]) -> None:
    metadata, weights = load_checkpoint(model_file)
    vocabulary = fit(tunes)
    assert metadata == load_metadata(model_file) == Metadata(vocabulary, {"units": 4, "num_layers": 1, "dropout": 0.0})
    shapes = {name: w.shape for name, w in weights.items()}
    assert shapes == expected_shapes(Inputs.of(vocabulary), RecurrentConfig(4, 1))
    assert all(w.dtype == np.float32 for w in weights.values())
    Network(metadata, weights)


def test_metadata_round_trip(tmp_path: Path, tunes: list[Score], fit: Callable[..., Vocabulary]) -> None:
    metadata = Metadata(fit(tunes, True), {"units": 3, "num_layers": 1}, {"pieces": 7}, {"epochs": 2, "name": "é"})
    with zipfile.ZipFile(tmp_path / "m.keras", "w"):
        pass
    add_metadata(tmp_path / "m.keras", metadata)
    assert load_metadata(tmp_path / "m.keras") == metadata


class TestNotAModel:
    def test_missing(self, tmp_path: Path) -> None:
        path = tmp_path / "no.keras"
        assert message(path) == f"a model file must exist. Received: {path}"

    def test_folder(self, tmp_path: Path) -> None:
        assert message(tmp_path) == f"a model must be a .keras file. Received a folder: {tmp_path}"

    def test_corpus(self, corpus_folder: Path) -> None:
        assert message(corpus_folder) == f"a model must be a .keras file. Received a corpus: {corpus_folder}"

    @pytest.mark.parametrize("data", [b"", b"hello", b"PK\3\4 and no more", b"MThd\0\0\0\6\0\1\0\1\1\xe0"])
    def test_not_a_zip(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "m.keras"
        path.write_bytes(data)
        assert message(path).startswith(f"a model must be a .keras file, which is a zip archive. Received: {path} (")

    def test_zip_without_metadata(self, model_file: Path) -> None:
        rewrite(model_file, lambda members: members.pop(METADATA))
        assert message(model_file) == (
            f"a model must hold melodyrnn.json, as those that melodyrnn train writes do. Received: {model_file}"
        )

    @pytest.mark.parametrize("changes", [{"format": "melodyrnn corpus"}, {"format": None}, {"version": "1"}])
    def test_other_format(self, model_file: Path, changes: dict[str, object]) -> None:
        with_metadata(model_file, **changes)
        assert message(model_file) == f"melodyrnn.json in {model_file} is not that of a model"

    def test_newer_version(self, model_file: Path) -> None:
        with_metadata(model_file, version=2)
        assert message(model_file) == (
            f"this melodyrnn reads models up to version 1; upgrade it. Received: {model_file}, version 2"
        )


class TestNgrams:
    """A model of a small corpus has n-gram experts in a member of its own."""

    @pytest.fixture
    def with_ngrams(self, model_file: Path, tunes: list[Score], fit: Callable[..., Vocabulary]) -> Ngrams:
        vocabulary = fit(tunes)
        counted = experts([vocabulary.encode_score(tune)[0] for tune in tunes], {"pitch": (0.5, 0.1, 0.2, 0.1, 0.1)})
        ngrams = replace(counted, fields=tuple(vocabulary.values))
        rewrite(model_file, lambda members: members.pop(METADATA))
        add_metadata(model_file, Metadata(vocabulary, {"units": 4, "num_layers": 1, "dropout": 0.0}, ngrams=ngrams))
        return ngrams

    def test_they_come_back_with_the_weights(self, model_file: Path, with_ngrams: Ngrams) -> None:
        metadata, weights = load_checkpoint(model_file)
        assert metadata.ngrams.weights == with_ngrams.weights
        assert Network(metadata, weights).ngrams is metadata.ngrams
        assert not load_metadata(model_file).ngrams.weights

    def test_without_any_a_file_has_none(self, model_file: Path) -> None:
        assert not load_checkpoint(model_file)[0].ngrams.weights
        with zipfile.ZipFile(model_file) as archive:
            assert NGRAMS not in archive.namelist()

    @pytest.mark.usefixtures("with_ngrams")
    @pytest.mark.parametrize("data", [b"", b"PK", b"\x93NUMPY"])
    def test_damaged(self, model_file: Path, data: bytes) -> None:
        rewrite(model_file, lambda members: members.update({NGRAMS: data}))
        with pytest.raises(CheckpointError, match=r"the n-grams of .* are damaged: "):
            load_checkpoint(model_file)


class TestDamagedMetadata:
    @pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b"3", b"null", b'"version"', b"[" * 200_000])
    def test_not_an_object(self, model_file: Path, data: bytes) -> None:
        rewrite(model_file, lambda members: members.update({METADATA: data}))
        assert message(model_file).startswith(f"melodyrnn.json in {model_file} is damaged: ")

    @pytest.mark.parametrize(
        "changes",
        [
            {"steps_per_quarter": 24},
            {"vocabulary": None},
            {"vocabulary": []},
            {"vocabulary": {}},
            {"network": 3},
            {"network": "units"},
            {"corpus": [1]},
            {"training": None},
        ],
    )
    def test_a_part_of_another_type(self, model_file: Path, changes: dict[str, object]) -> None:
        with_metadata(model_file, **changes)
        assert message(model_file).startswith(f"melodyrnn.json in {model_file} is damaged: ")

    @pytest.mark.parametrize("key", ["steps_per_quarter", "vocabulary", "network", "corpus", "training", "version"])
    def test_missing_part(self, model_file: Path, key: str) -> None:
        def edit(members: dict[str, bytes]) -> None:
            data = json.loads(members[METADATA])
            del data[key]
            members[METADATA] = json.dumps(data).encode()

        rewrite(model_file, edit)
        assert key in message(model_file)

    @pytest.mark.parametrize(
        "changes", [{"bar_counts": [1]}, {"mode_counts": 1}, {"max_bar": float("inf")}, {"values": []}, {"meters": 1}]
    )
    def test_an_invalid_vocabulary(self, model_file: Path, changes: dict[str, object]) -> None:
        vocabulary = load_metadata(model_file).vocabulary.to_json()
        with_metadata(model_file, vocabulary={**vocabulary, **changes})
        assert message(model_file).startswith(f"melodyrnn.json in {model_file} is damaged: ")

    def test_too_large(self, model_file: Path) -> None:
        """A zip bomb is not unpacked."""
        rewrite(model_file, lambda members: members.update({METADATA: b" " * (2**24 + 1)}))
        assert message(model_file) == f"melodyrnn.json in {model_file} must be at most 16 MiB"

    @pytest.mark.parametrize(
        "network", [{}, {"units": 4}, {"units": "x", "num_layers": 1}, {"units": 4, "num_layers": 0}]
    )
    def test_network_without_its_settings(self, model_file: Path, network: dict[str, object]) -> None:
        """Found at the latest when the network is built."""
        with_metadata(model_file, network=network)
        with pytest.raises(CheckpointError):
            Network(*load_checkpoint(model_file))


class TestDamagedWeights:
    def test_missing(self, model_file: Path) -> None:
        rewrite(model_file, lambda members: members.pop(WEIGHTS))
        assert message(model_file).startswith(f"the weights of {model_file} cannot be read: ")
        assert load_metadata(model_file)  # the rest can still be shown

    @pytest.mark.parametrize("data", [b"", b"hello", b"\x89HDF\r\n\x1a\n"])
    def test_not_hdf5(self, model_file: Path, data: bytes) -> None:
        rewrite(model_file, lambda members: members.update({WEIGHTS: data}))
        assert message(model_file).startswith(f"the weights of {model_file} cannot be read: ")

    def test_cut_short(self, model_file: Path) -> None:
        rewrite(model_file, lambda members: members.update({WEIGHTS: members[WEIGHTS][:-5000]}))
        assert "cannot be read" in message(model_file)

    @pytest.mark.parametrize("kind", ["too many", "text", "group"])
    def test_variables_of_another_number(self, model_file: Path, kind: str) -> None:
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            if kind == "too many":
                for n in range(4):
                    file[f"layer/vars/{n}"] = np.zeros(2)
            elif kind == "text":
                file["layer/vars/0"] = "hello"
            else:
                file.create_group("layer/vars/0")
        rewrite(model_file, lambda members: members.update({WEIGHTS: buffer.getvalue()}))
        assert message(model_file).startswith(f"the weights of {model_file} cannot be read: ")

    def test_weights_that_do_not_fit_are_named(self, model_file: Path) -> None:
        metadata, weights = load_checkpoint(model_file)
        bias = weights["core_0/bias"]
        for changed, words in (
            ({"core_0/bias": bias[:-1]}, "the weights must hold core_0/bias of shape (16,). Received: shape (15,)"),
            ({"core_0/bias": bias * np.float32("nan")}, "must be finite. Received NaN or infinity in core_0/bias"),
        ):
            with pytest.raises(CheckpointError) as caught:
                Network(metadata, {**weights, **changed})
            assert words in str(caught.value)
        del weights["core_0/bias"]
        with pytest.raises(CheckpointError, match=r"core_0/bias of shape \(16,\)\. Received: nothing"):
            Network(metadata, weights)


class TestPlacesOfTheWeights:
    """`weights.json` tells where the weights stand, so that they are read without h5py."""

    @pytest.fixture
    def placed(self, model_file: Path) -> Path:
        add_places(model_file)
        return model_file

    def places(self, path: Path) -> dict[str, dict[str, list[int] | int]]:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read(PLACES))["places"]

    def test_the_same_weights_as_by_h5py(self, model_file: Path) -> None:
        wanted, by_h5py = load_checkpoint(model_file)
        add_places(model_file)
        metadata, found = load_checkpoint(model_file)
        assert metadata == wanted
        assert list(found) == list(by_h5py) == list(self.places(model_file))
        for name, values in by_h5py.items():
            assert found[name].dtype == values.dtype == np.float32
            np.testing.assert_array_equal(found[name], values)

    def test_they_are_used(self, placed: Path) -> None:
        """Two weights of one shape change places where the places say so."""
        first, second = "embed_lowest/embeddings", "embed_highest/embeddings"
        before = load_checkpoint(placed)[1]

        def swap(members: dict[str, bytes]) -> None:
            content = json.loads(members[PLACES])
            places = content["places"]
            places[first], places[second] = places[second], places[first]
            members[PLACES] = json.dumps(content).encode()

        rewrite(placed, swap)
        after = load_checkpoint(placed)[1]
        assert (after[first] == before[second]).all()
        assert (after[first] != before[first]).any()

    def test_those_of_other_weights_are_not_used(self, placed: Path, other_weights: bytes) -> None:
        rewrite(placed, lambda members: members.update({WEIGHTS: other_weights}))
        assert list(load_checkpoint(placed)[1]) == ["layer/embeddings"]

    @pytest.fixture
    def other_weights(self) -> bytes:
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            file["layer/vars/0"] = np.zeros(2, dtype=np.float32)
        return buffer.getvalue()

    @pytest.mark.parametrize(
        "place",
        [
            {"offset": 10**9, "shape": [2]},
            {"offset": 0, "shape": [10**9]},
            {"offset": -4, "shape": [2]},
            {"offset": 0, "shape": [-1, -1]},
            {"offset": "0", "shape": [2]},
            {"offset": 0, "shape": 2},
            {"offset": 0},
            3,
        ],
        ids=str,
    )
    def test_a_place_outside_the_file(self, placed: Path, place: object) -> None:
        def edit(members: dict[str, bytes]) -> None:
            content = json.loads(members[PLACES])
            content["places"]["core_0/bias"] = place
            members[PLACES] = json.dumps(content).encode()

        rewrite(placed, edit)
        with pytest.raises(CheckpointError):
            Network(*load_checkpoint(placed))

    @pytest.mark.parametrize("data", [b"", b"{", b"[]", b"3", b'{"places": {}}', b'{"crc32": 0}'])
    def test_damaged(self, placed: Path, data: bytes) -> None:
        rewrite(placed, lambda members: members.update({PLACES: data}))
        assert message(placed).startswith(f"the weights of {placed} cannot be read: ")

    @pytest.mark.parametrize("kind", ["compressed", "float64", "big-endian", "empty"])
    def test_weights_that_do_not_stand_in_one_piece_have_none(self, model_file: Path, kind: str) -> None:
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            kinds = {"float64": "<f8", "big-endian": ">f4"}
            options = {"compression": "gzip"} if kind == "compressed" else {}
            size = 0 if kind == "empty" else 64
            file.create_dataset("layer/vars/0", data=np.ones((size, 2), dtype=kinds.get(kind, "<f4")), **options)
        rewrite(model_file, lambda members: members.update({WEIGHTS: buffer.getvalue()}))
        add_places(model_file)
        with zipfile.ZipFile(model_file) as archive:
            assert PLACES not in archive.namelist()
        assert load_checkpoint(model_file)[1]["layer/embeddings"].shape == (size, 2)

    @pytest.mark.parametrize("name", checkpoint_names())
    def test_the_checkpoints_that_come_with_melodyrnn_have_them(self, name: str) -> None:
        metadata, weights = load_checkpoint(model_path(name))
        assert self.places(model_path(name)).keys() == weights.keys()
        Network(metadata, weights)


def test_damaged_bytes_raise_only_our_errors(model_file: Path) -> None:
    """Bytes changed anywhere in the file: it still loads, or there is one of our errors."""
    add_places(model_file)
    rng, good, outcomes = random.Random(0), model_file.read_bytes(), set()
    for _ in range(150):
        data = bytearray(good)
        for _ in range(rng.choice((1, 5, 50))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        model_file.write_bytes(data)
        try:
            Network(*load_checkpoint(model_file))
            outcomes.add("loads")
        except MelodyRNNError:
            outcomes.add("refused")
    assert "refused" in outcomes


def test_encrypted_or_compressed_by_an_unknown_method(model_file: Path) -> None:
    """A zip may ask for a password or for a method that Python does not know."""
    good = model_file.read_bytes()
    for place, value in ((6, 1), (8, 99)):  # flags and method, in each member's two headers
        data = bytearray(good)
        for magic, shift in ((b"PK\3\4", 0), (b"PK\1\2", 2)):
            start = data.find(magic)
            while start >= 0:
                data[start + place + shift] = value
                start = data.find(magic, start + 4)
        model_file.write_bytes(data)
        with pytest.raises(CheckpointError):
            load_checkpoint(model_file)
