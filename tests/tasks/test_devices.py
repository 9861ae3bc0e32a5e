"""The settings of devices and processes, and what they refuse."""

from __future__ import annotations

import pytest

from melodyrnn.errors import UsageError
from melodyrnn.tasks.devices import Devices, parse_count


def test_alone_on_one_device_any_backend_will_do() -> None:
    alone = Devices()
    assert (alone.leads, alone.others) == (True, 0)
    assert [alone.backend(asked) for asked in (None, "torch", "jax")] == [None, "torch", "jax"]


def test_process_0_leads_and_the_others_follow() -> None:
    first, third = Devices("all", "host:1234", 3, 0), Devices("all", "[::1]:65535", 3, 2)
    assert (first.leads, first.others, first.address) == (True, 2, ("host", 1234))
    assert (third.leads, third.others, third.address) == (False, 2, ("::1", 65535))
    assert first.backend(None) == first.backend("jax") == Devices(2).backend(None) == "jax"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0,), "devices must be at least 1, or all. Received: 0"),
        ((None, "a:1"), "several processes need --coordinator HOST:PORT, --processes N and --process I, all three. "),
        ((None, None, 2, 0), "Received: --processes 2 --process 0"),
        ((None, "a", 2, 0), "a coordinator must be HOST:PORT, with a port from 1 to 65535. Received: a"),
        ((None, ":12", 2, 0), "Received: :12"),
        ((None, "a:0", 2, 0), "Received: a:0"),
        ((None, "a:65536", 2, 0), "Received: a:65536"),
        ((None, "a:1", 2, 2), "processes are numbered from 0 to one less than there are. Received: --processes 2 --"),
        ((None, "a:1", 0, 0), "Received: --processes 0 --process 0"),
    ],
)
def test_what_does_not_fit_together_is_refused(arguments: tuple[int | str | None, ...], words: str) -> None:
    with pytest.raises(UsageError) as raised:
        Devices(*arguments)  # type: ignore[arg-type]
    assert words in str(raised.value)


def test_another_backend_is_refused() -> None:
    with pytest.raises(UsageError, match=r"need the jax backend of Keras. Received: --backend torch"):
        Devices(2).backend("torch")


def test_a_number_of_devices_is_read() -> None:
    assert (parse_count("all"), parse_count("8")) == ("all", 8)
    for text in ("", "0", "-1", "1.5", "ALL", "1000000"):
        with pytest.raises(UsageError, match=r"devices must be all or a number\. Received: "):
            parse_count(text)
