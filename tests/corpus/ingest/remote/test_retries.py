"""Requests are tried again where that may help, and only then."""

from __future__ import annotations

import pytest

from melodyrnn.corpus.ingest.remote.faults import StatusError
from melodyrnn.corpus.ingest.remote.retries import persist
from melodyrnn.corpus.ingest.sources import Limits, NotReadError
from melodyrnn.errors import MissingExtraError

LIMITS = Limits(tries=3, retry_seconds=0.001)
URL = "http://ann:secret@h/a.mid?sig=secret"


class Request:
    """Raises errors one after another, then gives 7."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.seconds = list(errors), list[float]()

    def __call__(self, seconds: float) -> int:
        self.seconds.append(seconds)
        if self.errors:
            raise self.errors.pop(0)
        return 7


def test_it_is_tried_again() -> None:
    request = Request(TimeoutError(), StatusError(500))
    assert persist(request, URL, LIMITS) == 7
    assert len(request.seconds) == 3
    assert 45 >= request.seconds[0] > request.seconds[1] > request.seconds[2] > 40  # three quarters of a minute


@pytest.mark.parametrize(
    ("errors", "tries", "reason"),
    [
        ([StatusError(500)] * 9, 3, "500 Internal Server Error"),
        ([StatusError(500), StatusError(404), StatusError(500)], 2, "404 Not Found"),
        ([StatusError(503, "3600")] * 9, 1, "503 Service Unavailable"),
    ],
)
def test_until_it_would_not_help(errors: list[Exception], tries: int, reason: str) -> None:
    request = Request(*errors)
    with pytest.raises(NotReadError, match=r"^cannot read http://h/a\.mid: cannot be fetched: ") as caught:
        persist(request, URL, LIMITS)
    assert caught.value.refusal == (f"cannot be fetched: {reason}", None)
    assert len(request.seconds) == tries


def test_errors_of_melodyrnn_are_not_those_of_a_request() -> None:
    request = Request(MissingExtraError("no"))
    with pytest.raises(MissingExtraError, match="no"):
        persist(request, URL, LIMITS)
    assert len(request.seconds) == 1


def test_without_any_try() -> None:
    with pytest.raises(ValueError, match=r"at least one try\. Received: 0"):
        persist(Request(), URL, Limits(tries=0))
