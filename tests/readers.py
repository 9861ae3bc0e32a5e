"""Readers that misbehave, for workers to call on the bytes of a file: what each file holds says what becomes of it."""

from __future__ import annotations

import os
import signal
import time

from melodyrnn.corpus.ingest.examine import Filters, Found, Limits, examine

CRASH, HANG, RAISE = b"CRASH", b"HANG", b"RAISE"


def misbehave(data: bytes, filters: Filters, limits: Limits) -> list[Found]:
    """Dies as native code dies, sleeps, or raises where the bytes say so; reads them where they do not."""
    if data.startswith(CRASH):
        os.kill(os.getpid(), signal.SIGSEGV)
    if data.startswith(HANG):
        time.sleep(3600)
    if data.startswith(RAISE):
        raise ZeroDivisionError("on purpose")
    return examine(data, filters, limits)


def slow(data: bytes, filters: Filters, limits: Limits) -> list[Found]:
    """Takes a while for each file, so that there is time to kill whoever waits."""
    time.sleep(0.02)
    return examine(data, filters, limits)


def refuse(data: bytes, filters: Filters, limits: Limits) -> list[Found]:
    """Says that it was asked."""
    return [Found(None, "read again")]
