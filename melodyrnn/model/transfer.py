"""Transfers the weights of a model to another vocabulary, so that training can start from them.

A row of an embedding table or a column of a head stands for a known value: the value of a field, a position in the bar,
a meter, a mode. Rows for values of both vocabularies are copied. A row for a new value is copied from the nearest old
value, that of a new mode from major or minor, which is a better start than random weights. Inputs that the model does
not read yet, those of further conditions, begin with weights of 0 (new_inputs.py). All other weights, the cell and the
sizes stay the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..checkpoint import Metadata, Weights
from ..errors import SettingError
from ..events.fields import FIELD, FIELD_OF_KIND
from ..events.inputs import Inputs
from ..events.parts.names import part_name
from ..events.vocabulary import Vocabulary
from ..music.modes import MODE
from .new_inputs import with_inputs
from .settings import TrainingSettings

Labels = Sequence[Hashable]
_END = "end"
_RARE = -4.0  # added to the logit of a new value, which would otherwise get as much probability as its neighbour


def carry_over(weights: Weights, old: Vocabulary, new: Vocabulary) -> Weights:
    """Return weights for a network on the vocabulary `new`, from those of a network on `old`.

    Raises:
        SettingError: where the two do not have the same fields, look-backs and parts, or the new vocabulary lacks a
            condition.
    """
    if missing := [name for name in old.conditions if name not in new.conditions]:
        raise SettingError(
            f"--from needs a corpus with all that the model reads ({', '.join(old.conditions)}): ingest it anew. "
            f"Received one without {', '.join(missing)}"
        )
    if list(old.values) != list(new.values):
        raise SettingError(
            f"--from needs a model of the same fields ({', '.join(new.values)}). "
            f"Received one of {', '.join(old.values)}"
        )
    if old.values.get("part") != new.values.get("part"):
        raise SettingError(
            f"--from needs a model of the same parts ({_part_names(new)}). Received one of {_part_names(old)}"
        )
    from_labels, to_labels = _labels(old), _labels(new)
    carried = with_inputs(weights, Inputs.of(old), Inputs.of(new))
    for name, labels in to_labels.items():
        if name in weights and list(labels) != list(from_labels[name]):
            carried[name] = _carried(carried[name], name, from_labels[name], labels)
    return carried


def _carried(weight: npt.NDArray[np.float32], name: str, old: Labels, new: Labels) -> npt.NDArray[np.float32]:
    rows = _rows(old, new)
    if name.startswith("embed_"):
        return weight[rows]
    if name.endswith("kernel"):
        return weight[:, rows]
    known = set(old)
    return weight[rows] + np.array([0 if label in known else _RARE for label in new], dtype=np.float32)


def settings_from(settings: TrainingSettings, metadata: Metadata, asked: set[str]) -> TrainingSettings:
    """Return the settings with the cell and the sizes of the model to start from.

    Raises:
        SettingError: where one of the settings in `asked` is a size and differs from that of the model.
    """
    known = {name: value for name, value in metadata.network.items() if not name.endswith("dropout")}
    for name in asked & set(known):
        if getattr(settings, name) != known[name]:
            raise SettingError(
                f"{name} must be that of the model to start from, {known[name]}. Received: {getattr(settings, name)}"
            )
    return replace(settings, **known)


def _labels(vocabulary: Vocabulary) -> dict[str, Labels]:
    """Return the values that the rows or columns stand for, for each weight that depends on the vocabulary."""
    inputs = Inputs.of(vocabulary)
    values: dict[str, list[Hashable]] = {
        name: [*known, *([_END] if FIELD[name].can_end else [])] for name, known in vocabulary.values.items()
    }
    labels: dict[str, Labels] = {}
    for table, (rows, _) in inputs.tables.items():
        kind, _, name = table.partition("_")
        if kind in ("previous", "said"):
            labels[f"embed_{table}/embeddings"] = [None, *values[name]]
        elif kind == "settled":
            labels[f"embed_{table}/embeddings"] = values[name]
        elif kind in ("sounding", "ahead"):
            labels[f"embed_{table}/embeddings"] = [None, *values[FIELD_OF_KIND[name]]]
        elif table in ("lowest", "highest", "own"):
            labels[f"embed_{table}/embeddings"] = [None, *values["pitch"]]
        elif table == "meter":
            labels[f"embed_{table}/embeddings"] = [None, *vocabulary.meters]
        elif table == "mode":
            labels[f"embed_{table}/embeddings"] = [None, *vocabulary.modes]
        else:
            labels[f"embed_{table}/embeddings"] = range(rows)
    for name, known in values.items():
        labels[f"head_{name}_logits/kernel"] = labels[f"head_{name}_logits/bias"] = known
        if FIELD[name].is_melodic:  # column n scores every twelfth value from the lowest plus n
            classes = [(vocabulary.values[name][0] + n) % 12 for n in range(12)]
            labels[f"head_{name}_classes/kernel"] = labels[f"head_{name}_classes/bias"] = classes
    return labels


def _part_names(vocabulary: Vocabulary) -> str:
    names = (part_name(vocabulary, part) for part in range(len(vocabulary.parts)))
    return ", ".join(names) or "one melody"


def _rows(old: Labels, new: Labels) -> npt.NDArray[np.int64]:
    """Return the old row to copy for each new label."""
    place = {label: n for n, label in enumerate(old)}
    return np.array([place[label] if label in place else _nearest(old, label) for label in new], dtype=np.int64)


def _nearest(old: Labels, label: Hashable) -> int:
    """Return the row of the nearest number; of an unknown mode its basis, of an unknown meter the row of "none"."""
    if label in MODE:
        return old.index(MODE[str(label)].basis)
    numbers = [
        (abs(known - label), n) for n, known in enumerate(old) if isinstance(known, int) and isinstance(label, int)
    ]
    return min(numbers)[1] if numbers else 0
