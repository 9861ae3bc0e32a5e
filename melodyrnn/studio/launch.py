"""Starts a studio: its address is told, and the browser opens it, while the services are still being imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..errors import CheckpointError
from ..shipped import model_path
from ..sound.soundfont import find_soundfont
from .endpoint import Service
from .security import Address
from .server import serve
from .whereabouts import announced


def run_studio(
    checkpoints: Sequence[str],
    folder: Path,
    port: int = 0,
    osc: int | None = None,
    started: Callable[[Address], None] | None = None,
    former: Address | None = None,
    soundfont: Path | None = None,
) -> None:
    """Serve a studio until the process is interrupted.

    Args:
        checkpoints: models to offer besides those that come with melodyrnn; the first is the default one.
        folder: of the session.
        port: 0 for any free one.
        osc: port on which OSC messages are taken; None takes none.
        started: called with the address as soon as calls are accepted.
        former: the address of a studio of the folder that was killed, which is taken again where it is free.
        soundfont: with which the page plays; None for the one that is found on this machine.

    Raises:
        CheckpointError: where one of `checkpoints` is no file.
        SoundError: where `soundfont` is not a SoundFont.
        UsageError: where the port cannot be used.
    """
    for one in checkpoints:
        if not model_path(one).is_file():
            raise CheckpointError(f"a model file must exist. Received: {one}")

    if soundfont is not None:
        find_soundfont(soundfont)

    def services() -> Sequence[Service]:
        from .studio import services_of

        return services_of(checkpoints, folder, osc, soundfont)

    @contextmanager
    def announce(address: Address) -> Iterator[None]:
        with announced(folder, address, **({} if osc is None else {"osc": osc})):
            if started is not None:
                started(address)
            yield

    serve(services, port, announce, former)
