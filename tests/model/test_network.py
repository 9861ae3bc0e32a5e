"""The Keras network: normalised, saved and loaded completely, and equal to the one in NumPy."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import ops

from melodyrnn.checkpoint import Metadata, load_checkpoint
from melodyrnn.corpus.store import open_corpus, write_corpus
from melodyrnn.errors import CheckpointError
from melodyrnn.evaluation.bits import bits_of_batch
from melodyrnn.events.context import context_of
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.rows import encode
from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.model.network import NoteNetwork
from melodyrnn.model.saving import build_network, load_model, network_weights, save_model
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.network.cells import CELLS
from melodyrnn.network.network import Network
from melodyrnn.score.score import Part, Score

KINDS = [*({"cell": cell} for cell in CELLS), *({"cell": "rnn", "activation": a} for a in ("relu", "sigmoid"))]
KINDS += [{"cell": "feedforward", "window": 1}, {"lookbacks": False}]
DROPOUTS = {"recurrent_dropout": 0.2, "input_dropout": 0.2, "head_dropout": 0.2}
NUM_ROWS = 20  # more than the window of a feed-forward network; Keras takes a second for them without a graph
IN_PARTS = [{"cell": "lstm", "parts": True, **DROPOUTS}, {"cell": "gru", "parts": True}]


def _band() -> Score:
    """A tune with a bass, drums and chord symbols that repeat after a bar."""
    rng = np.random.default_rng(5)
    notes = []
    for number, (step, lowest) in enumerate(((6, 60), (24, 40), (12, 36), (24, 12))):
        values = rng.integers(lowest, lowest + 8, 8).tolist()
        times = [(bar * 48 + place, place // step) for bar in range(3) for place in range(0, 48, step)]
        notes += [(onset, number, values[n]) for onset, n in times]
    onset, part, value = (np.array(column) for column in zip(*notes, strict=True))
    parts = (Part("a"), Part("b", role="bass"), Part("d", "drums", 0, "drums"), Part("c", "chords", 0, "chords"))
    same = np.full(len(onset), 80)
    return Score(onset, np.full(len(onset), 6), value, same, part, Meter(4, 4), Key(2, "major"), parts=parts)


@pytest.fixture(scope="module", params=KINDS + IN_PARTS, ids=lambda kind: "-".join(map(str, kind.values())))
def example(sample_corpus, plain_corpus, request):
    """Network, vocabulary, and the context (1, T, C) and values (1, T, F) of a real tune, or of several parts."""
    keras.utils.set_random_seed(1)
    settings = dict(request.param)
    corpus = sample_corpus if settings == {"cell": "lstm"} else plain_corpus  # whose inputs are the same for all cells
    scores, vocabulary = corpus.melodies("train")[:1], corpus.vocabulary
    if settings.pop("parts", False):
        scores = [_band()]
        vocabulary = fit_vocabulary(encode(scores[0]), [Meter(4, 4)], [48], ["major"], [3], False)
    network = NoteNetwork(Inputs.of(vocabulary), units=24, num_layers=2, **settings)
    contexts, targets = context_of(scores, vocabulary)
    last = slice(-NUM_ROWS, None)
    inputs = {"context": contexts[0][None, last].astype("int32"), "values": targets[0][None, last].astype("int32")}
    build_network(network)
    _shake(network)
    return network, vocabulary, inputs


def _shake(network):
    """Larger weights than the initial ones, so that no error is hidden by activations near zero."""
    rng = np.random.default_rng(0)
    unbounded = network.recurrent.cell in ("irnn", "feedforward") or network.recurrent.activation == "relu"
    scale = 0.1 if unbounded else 0.4  # with logits in the hundreds float32 has too few digits to compare
    for variable in network.weights:
        variable.assign(rng.normal(0, scale, variable.shape).astype("float32"))


def _metadata(network, vocabulary):
    return Metadata(vocabulary, network.settings)


def test_distributions_sum_to_one(example):
    network, _, inputs = example
    for p in _keras_distributions(network, inputs).values():
        np.testing.assert_allclose(p.sum(axis=-1), 1, atol=1e-5)


def test_call_is_the_log_of_the_distributions_at_the_values(example):
    network, _, inputs = example
    log_p = _log_probabilities(network, inputs)
    for place, p in enumerate(_keras_distributions(network, inputs).values()):
        at = np.take_along_axis(p, inputs["values"][..., place, None], axis=-1)[..., 0]
        np.testing.assert_allclose(np.exp(log_p[..., place]), at, atol=1e-5)


def test_numpy_network_gives_the_same_distributions(example):
    network, vocabulary, inputs = example
    numpy_network = Network(_metadata(network, vocabulary), network_weights(network))
    state = numpy_network.initial_state(1)
    for t in range(inputs["context"].shape[1]):
        output, state = numpy_network.step(inputs["context"][:, t], state)
        for name, p in _keras_distributions(network, inputs).items():
            own = numpy_network.head(name, output, inputs["context"][:, t], inputs["values"][:, t])
            np.testing.assert_allclose(own.probabilities(), p[:, t], atol=1e-4)


_cache = {}


def _keras_distributions(network, inputs):
    return _computed_once(
        network, "p", lambda: {n: ops.convert_to_numpy(p) for n, p in network.distributions(inputs).items()}
    )


def _log_probabilities(network, inputs):
    return _computed_once(network, "log p", lambda: ops.convert_to_numpy(network(inputs)))


def _computed_once(network, name, compute):
    """What the network of an example gives for its inputs, which no test changes for another."""
    if _cache.get("network") is not network:
        _cache.clear()
        _cache["network"] = network
    if name not in _cache:
        _cache[name] = compute()
    return _cache[name]


def test_a_look_back_moves_probability_to_its_candidate(example):
    """It adds at least its gate, whose bias is raised here so that the effect is visible with any weights."""
    network, _, inputs = example
    place = network.inputs.candidates("pitch").start
    changed = {**inputs, "context": inputs["context"].copy()}
    changed["context"][..., place] = 5
    kernel, bias = network.head_pitch_gates.get_weights()
    network.head_pitch_gates.set_weights([kernel, bias + 10 * (np.arange(len(bias)) == 1).astype("float32")])
    before, after = (ops.convert_to_numpy(network.distributions(x)["pitch"])[..., 4] for x in (inputs, changed))
    _, gates, _ = network.head("pitch", network.trunk(changed["context"]), changed)
    network.head_pitch_gates.set_weights([kernel, bias])
    gate = np.exp(ops.convert_to_numpy(gates)[..., 1])
    if network.settings["lookbacks"]:
        assert gate.max() > 0.1
        assert (after >= gate - 1e-6).all()
        assert not (before >= gate - 1e-6).all()
    else:
        np.testing.assert_array_equal(after, before)


def test_a_saved_model_loads_in_keras_and_in_numpy(example, tmp_path):
    network, vocabulary, inputs = example
    path = tmp_path / "m.keras"
    save_model(network, _metadata(network, vocabulary), path)
    again = load_model(path)
    log_p = _log_probabilities(network, inputs)
    np.testing.assert_allclose(ops.convert_to_numpy(again(inputs)), log_p, atol=1e-6)
    metadata, weights = load_checkpoint(path)
    assert metadata.vocabulary == vocabulary
    bits = bits_of_batch(
        Network(metadata, weights), [inputs["context"][0].astype(np.uint8)], [inputs["values"][0].astype(np.int64)]
    )[0]
    log_p = log_p[0, :-1]
    if vocabulary.parts:  # fields that an event does not have cost nothing
        log_p = log_p * network.inputs.applies[inputs["values"][0, :-1, 1]]
    np.testing.assert_allclose(-bits[:-1] * np.log(2), log_p, atol=1e-4)


def test_weights_of_the_wrong_shape_are_refused(example):
    network, vocabulary, _ = example
    weights = network_weights(network)
    weights["head_pitch_gates/bias"] = weights["head_pitch_gates/bias"][:-1]
    with pytest.raises(CheckpointError, match=r"head_pitch_gates/bias of shape \(7,\). Received: shape \(6,\)"):
        Network(_metadata(network, vocabulary), weights)
    weights = network_weights(network)
    weights["head_shift_gates/bias"][0] = np.nan
    with pytest.raises(CheckpointError, match=r"finite. Received NaN or infinity in head_shift_gates/bias"):
        Network(_metadata(network, vocabulary), weights)
    del weights["core_1/kernel"]
    with pytest.raises(CheckpointError, match=r"core_1/kernel of shape .* Received: nothing"):
        Network(_metadata(network, vocabulary), weights)


def test_forget_gates_start_open(plain_corpus):
    network = build_network(NoteNetwork(Inputs.of(plain_corpus.vocabulary), units=8, num_layers=1))
    bias = network_weights(network)["core_0/bias"]
    assert (bias[8:16] == 1).all()
    assert (bias[:8] == 0).all()


def test_velocity_is_one_more_field_where_the_corpus_has_it(sample_corpus, tmp_path):
    """Played music: the network, the file and the generator handle a fourth field without special code."""
    rng = np.random.default_rng(0)
    melodies = [
        replace(m, velocity=rng.integers(30, 120, len(m)), name=f"played {n}")
        for n, m in enumerate(sample_corpus.melodies("train")[:12])
    ]
    write_corpus(tmp_path / "c", melodies, ["train"] * 10 + ["validation", "test"])
    corpus = open_corpus(tmp_path / "c")
    assert list(corpus.vocabulary.values) == ["shift", "duration", "pitch", "velocity"]
    network = NoteNetwork(Inputs.of(corpus.vocabulary), units=8, num_layers=1)
    contexts, targets = context_of(corpus.melodies("test"), corpus.vocabulary)
    inputs = {"context": contexts[0][None].astype("int32"), "values": targets[0][None].astype("int32")}
    network(inputs)
    _shake(network)
    log_p = ops.convert_to_numpy(network(inputs))
    save_model(network, Metadata(corpus.vocabulary, network.settings, corpus.statistics), tmp_path / "m.keras")
    model = load(tmp_path / "m.keras")
    bits = bits_of_batch(model.network, contexts, targets)[0]
    np.testing.assert_allclose(-bits[:-1] * np.log(2), log_p[0, :-1], atol=1e-4)
    velocity = np.concatenate([p.tracks[0].notes.velocity for p in model.generate(Request(num=4, bars=4, seed=1))])
    assert len(np.unique(velocity)) > 3
    assert set(velocity) <= set(corpus.vocabulary.values["velocity"])


@pytest.fixture
def bfloat16():
    """The layers that a test builds compute in bfloat16, with weights in float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


def test_probabilities_are_float32_and_nearly_the_same_where_layers_compute_in_bfloat16(sample_corpus, bfloat16):
    keras.utils.set_random_seed(1)
    inputs = Inputs.of(sample_corpus.vocabulary)
    contexts, targets = context_of(sample_corpus.melodies("train")[:1], sample_corpus.vocabulary)
    rows = {"context": contexts[0][None, :1].astype("int32"), "values": targets[0][None, :1]}
    coarse = build_network(NoteNetwork(inputs, units=24, num_layers=1))
    keras.config.set_dtype_policy("float32")
    fine = build_network(NoteNetwork(inputs, units=24, num_layers=1))
    fine.set_weights(coarse.get_weights())
    expected, found = (ops.convert_to_numpy(network(rows)) for network in (fine, coarse))
    assert found.dtype == np.float32
    assert 1e-5 < np.abs(found - expected).max() < 0.05
