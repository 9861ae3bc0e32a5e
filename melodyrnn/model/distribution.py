"""Several devices and several processes that train one network; the only module that reaches jax.

Every device computes some rows of each batch and holds all weights (`keras.distribution.DataParallel`). Processes, on
one host or several, find each other through jax's distributed service, which process 0 runs. A step draws the same
batch whatever their number, and padded rows have no weight, so a training ends with the same weights but for rounding.

All processes must call what exchanges values in the same order; one that does not lets the others wait. Where one has
gone, the exchanges of the others fail, or jax ends them after `_HEARTBEAT` seconds.
"""

from __future__ import annotations

import atexit
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from types import ModuleType
from typing import TypeVar

import keras
import numpy as np
import numpy.typing as npt

from ..arrays import AnyFloats
from ..errors import SettingError, TrainingError
from ..extras import require
from .types import Tensor

_JOINING = 120  # seconds to wait for the other processes
_HEARTBEAT = 60  # seconds without a sign of life after which jax ends the other processes
_LOST = re.compile(r"(UNKNOWN|UNAVAILABLE|INTERNAL|ABORTED|CANCELLED|DEADLINE_EXCEEDED|FAILED_PRECONDITION): ")
_FAILED = 1  # exit code of a process that left the others before the end

Row = TypeVar("Row", bound=np.generic)
Arrays = Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Team:
    """The processes that train together: this one's number, from 0, and how many there are."""

    index: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is process 0, which decides and writes."""
        return self.index == 0

    def gather(self, values: Sequence[float]) -> AnyFloats:
        """Return the values of all processes, (size, number of values), in float32."""
        if self.size == 1:
            return np.array([values], dtype=np.float32)
        return np.asarray(_multihost().process_allgather(np.array(values, dtype=np.float32)))

    def share(self, values: Sequence[float]) -> list[float]:
        """Return the values of process 0, in float32."""
        return [float(value) for value in self.gather(values)[0]]

    def share_arrays(self, arrays: Arrays) -> dict[str, npt.NDArray[np.generic]]:
        """Return the arrays of process 0; those of the others only have their names, shapes and types."""
        if self.size == 1:
            return dict(arrays)
        return dict(_multihost().broadcast_one_to_all(dict(arrays)))

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Return a context in which the loss of another process is a TrainingError."""
        if self.size == 1:
            yield
            return
        try:
            yield
        except (RuntimeError, ValueError) as error:  # jax raises either, by where a value is waited for
            if not _LOST.match(str(error)):
                raise
            raise TrainingError(
                "all processes of a training must stay until its end; start them again with --resume, which continues "
                f"after the last finished round. Received: {str(error).splitlines()[0]}"
            ) from error

    def end(self) -> None:
        """Leave the other processes, when all of them have come to the end; what follows is computed by one alone."""
        keras.distribution.set_distribution(None)
        if self.size > 1:
            _jax().distributed.shutdown()
            atexit.unregister(_leave)


ALONE = Team()


def _keep_standard_output() -> None:
    """Let Python alone write to the standard output: gloo, by which CPUs exchange values, writes a line to it."""
    python = sys.stdout
    if not isinstance(python, TextIOWrapper) or python is not sys.__stdout__:
        return
    python.flush()
    own, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdout = os.fdopen(own, "w", 1, python.encoding, python.errors)


def join(coordinator: str, processes: int, process: int) -> Team:
    """Return the team of a process, when all its processes are there; jax ends this one where they do not come.

    No device may have been used before.

    Args:
        coordinator: address of process 0 that the others reach, "HOST:PORT".
        processes: how many there are.
        process: the number of this one, from 0.

    Raises TrainingError where process 0 cannot listen.
    """
    jax = _jax()
    _keep_standard_output()
    if hasattr(jax.config, "jax_enable_preemption_service"):  # it would catch SIGTERM, so that `kill` did nothing
        jax.config.update("jax_enable_preemption_service", False)
    try:
        jax.distributed.initialize(
            coordinator,
            processes,
            process,
            cluster_detection_method="deactivate",
            initialization_timeout=_JOINING,
            heartbeat_timeout_seconds=_HEARTBEAT,
        )
    except RuntimeError as error:
        raise TrainingError(
            f"the processes of a training must come together at {coordinator}. Received: {str(error).splitlines()[0]}"
        ) from error
    atexit.register(_leave)
    team = Team(process, processes)
    with _no_native_stdout():
        team.gather([0])
    return team


@contextmanager
def _no_native_stdout() -> Iterator[None]:
    """Return a context in which native libraries print nothing to standard output, as Gloo does when it connects."""
    sys.stdout.flush()
    saved, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
        os.close(nowhere)


def _leave() -> None:
    """End the process at once: jax would wait for the others at its exit, and they for what this one computes."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(_FAILED)


def spread(team: Team, count: int | None) -> None:
    """Let Keras compute on several devices: on `count` of each process, None for all.

    Raises SettingError where a process has fewer, or another number than the others.
    """
    own, every = _jax().local_devices(), _jax().devices()
    found = team.gather([len(own)])[:, 0]
    if count is not None and found.min() < count:
        raise SettingError(f"devices must be at most those that are there, {found.min():.0f}. Received: {count}")
    if count is None and found.min() < found.max():
        raise SettingError(
            "all processes must have the same number of devices, or be given one (--devices N). "
            f"Received: {', '.join(f'{n:.0f}' for n in found)}"
        )
    each = [[device for device in every if device.process_index == process] for process in range(team.size)]
    used = [device for devices in each for device in sorted(devices, key=lambda device: device.id)[:count]]
    names = [f"{device.platform}:{device.id}" for device in used]
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=names, auto_shard_dataset=False))


def is_spread() -> bool:
    """Return whether Keras computes on the devices of `spread`."""
    return keras.distribution.distribution() is not None


def num_devices() -> int:
    """Return the number of devices that share each batch, over all processes."""
    distribution = keras.distribution.distribution()
    return 1 if distribution is None else int(distribution.num_model_replicas)


def own_rows(rows: npt.NDArray[Row], team: Team, devices: int) -> npt.NDArray[Row]:
    """Return the rows of a batch that this process computes, padded with zeros to the same number for each device."""
    missing = -len(rows) % devices
    if missing:
        rows = np.concatenate([rows, np.zeros((missing, *rows.shape[1:]), dtype=rows.dtype)])
    each = len(rows) // team.size
    return rows[team.index * each : (team.index + 1) * each]


def used_devices() -> list[str]:
    """Return the kind of each device that jax computes on, of all processes."""
    distribution = keras.distribution.distribution()
    if distribution is None:
        return [str(_jax().devices()[0].device_kind)]
    return [str(device.device_kind) for device in distribution.device_mesh.backend_mesh.devices.flat]


def by_rows(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return a function of rows and weights that each device computes for its own rows.

    Without it XLA would compute a loop, or what cuDNN does, for all rows on every device.
    """
    distribution = keras.distribution.distribution()
    if distribution is None:
        return function
    jax = _jax()
    rows, weights = jax.sharding.PartitionSpec(distribution.batch_dim_name), jax.sharding.PartitionSpec()

    def spread_out(first: Tensor, *others: Tensor) -> Tensor:
        specs = (rows, *(weights for _ in others))
        mesh = distribution.device_mesh.backend_mesh
        computed = jax.shard_map(function, mesh=mesh, in_specs=specs, out_specs=rows, check_vma=False)
        return computed(first, *others)

    return spread_out


def _jax() -> ModuleType:
    return require("jax", "jax")


def _multihost() -> ModuleType:
    return require("jax", "jax.experimental.multihost_utils")
