"""The corpora of a session: folders of music, named by path or uploaded, that a process of its own reads.

A corpus is a work of `longwork`. It is read once it is asked to, again with other options, and its report is a table.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from ..corpus.ingest.option_settings import split_options
from ..json_types import JsonObject
from ..shipped import data_folder
from ..tasks.ingest import SAMPLES
from .endpoint import MAX_JSON, Answer, Call, CallError, Endpoint, answer_json, shown
from .longwork.folder import WorkFolder, all_work, find_work, new_work
from .longwork.process import python_command
from .longwork.queue import WorkQueue
from .longwork.reading import (
    CorpusTask,
    config_of,
    corpus_path,
    place_of,
    report_path,
    task_of,
    upload_path,
)
from .longwork.training import task_of as training_task_of
from .reading import a_list, a_text, only
from .report_table import Query, Row, page_of, rows_of
from .session import DISCARDED
from .uploads import MAX_ARCHIVE_BYTES, Uploads

_MAX_PATH, _MAX_NAME, _MAX_OPTIONS = 4096, 80, 16
_EXPLAIN_SECONDS = 60  # the longest time to read a file, as in an ingest
_EXPLAIN = "from melodyrnn.cli.main import main; main(sys.argv[2:])"


class Corpora:
    """Makes, reads, shows and removes corpora."""

    def __init__(self, root: Path, queue: WorkQueue) -> None:
        """Take the folder of the session, and the queue that reads them."""
        self._root, self._queue = root, queue
        self._lock = threading.Lock()
        self._uploads: dict[Path, Uploads] = {}
        self._rows: tuple[Path, int, list[Row]] | None = None  # of the report that was last shown, with its time

    def endpoints(self) -> Sequence[Endpoint]:
        one = "/api/corpora/{id}"
        return (
            Endpoint("GET", "/api/corpora", self._list, "all corpora, the oldest first", gives="Corpora"),
            Endpoint("POST", "/api/corpora", self._make, "a corpus of a folder, or for files", MAX_JSON, "CorpusWish"),
            Endpoint("GET", one, self._show, "a corpus", gives="Corpus"),
            Endpoint("DELETE", one, self._remove, "move a corpus to `discarded`", gives="Corpus"),
            Endpoint("POST", f"{one}/files", self._upload, "add a file", MAX_ARCHIVE_BYTES, "*/*", "Corpus"),
            Endpoint("POST", f"{one}/ingest", self._ingest, "read it", MAX_JSON, "CorpusOptions", "Corpus"),
            Endpoint("POST", f"{one}/stop", self._stop, "stop reading", gives="Corpus"),
            Endpoint("GET", f"{one}/report", self._report, "what became of each file", gives="CorpusReport"),
            Endpoint("GET", f"{one}/explain", self._explain, "a file in words", gives="CorpusWords"),
        )

    def close(self) -> None:
        """Nothing runs here."""

    def _list(self, call: Call) -> Answer:
        return answer_json([corpus_view(work) for work in all_work(self._root, "corpus")])

    def _show(self, call: Call) -> Answer:
        return answer_json(corpus_view(self._find(call)))

    def _make(self, call: Call) -> Answer:
        """Make a corpus: of a folder, which is read at once, or, without one, of files that will be uploaded."""
        asked = call.json()
        only(asked, ("folder", "name", "options"), "a corpus")
        place = _place(asked["folder"]) if asked.get("folder") is not None else None
        options = _options(asked.get("options", []))
        name = a_text(asked.get("name") or (place.name if place else "") or "corpus", _MAX_NAME, "name")
        task: CorpusTask = {
            "name": name,
            "created": time.time(),
            "place": None if place is None else str(place),
            "options": options,
        }
        work = new_work(self._root, "corpus", dict(task))
        if place is not None:
            self._queue.submit(work)
        return answer_json(corpus_view(work), 201)

    def _upload(self, call: Call) -> Answer:
        work = self._find(call)
        if task_of(work)["place"] is not None or work.state()["status"] in ("queued", "running"):
            raise CallError("a file must go to a corpus of uploaded files that is not being read. Received: other", 409)
        uploads = self._uploads_of(work)
        uploads.add(a_text(call.query.get("name"), _MAX_PATH, "name"), call.body)
        return answer_json({**corpus_view(work), "uploaded": uploads.num_files}, 201)

    def _uploads_of(self, work: WorkFolder) -> Uploads:
        with self._lock:
            return self._uploads.setdefault(work.path, Uploads(upload_path(work)))

    def _ingest(self, call: Call) -> Answer:
        """Read a corpus, for the first time or again, with other options."""
        work = self._find(call)
        asked = call.json()
        only(asked, ("options",), "the reading of a corpus")
        self._refuse_in_use(work)
        if "options" in asked:
            options = _options(asked["options"])
            work.write_task({**task_of(work), "options": options})
        if not place_of(work).exists():
            raise CallError("a corpus must have files before it is read. Received: one without any", 409)
        self._queue.submit(work)
        return answer_json(corpus_view(work))

    def _stop(self, call: Call) -> Answer:
        work = self._find(call)
        self._queue.stop(work)
        return answer_json(corpus_view(work))

    def _remove(self, call: Call) -> Answer:
        work = self._find(call)
        self._refuse_in_use(work)
        view = corpus_view(work)
        self._queue.remove(work, self._root / DISCARDED)
        return answer_json(view)

    def _refuse_in_use(self, work: WorkFolder) -> None:
        """Raise CallError where a training that may go on needs the corpus as it is."""
        for training in all_work(self._root, "training"):
            task = training_task_of(training)
            if task["corpus"] == work.id and training.state()["status"] != "done":
                raise CallError(
                    "a corpus must stay as long as a training on it may go on. "
                    f"Received: that of the training {task['name']}, which must end or be removed first",
                    409,
                )

    def _report(self, call: Call) -> Answer:
        work, asked = self._find(call), call.query
        query = Query(
            asked.get("sort", "file"),
            asked.get("show", "all"),
            asked.get("text", ""),
            _number(asked.get("first", "0"), "first"),
            _number(asked.get("count", "100"), "count"),
        )
        return answer_json(page_of(self._rows_of(work), query))

    def _rows_of(self, work: WorkFolder) -> list[Row]:
        """Return the rows of a report; those of the last one are kept until it changes."""
        path = report_path(work)
        stamp = path.stat().st_mtime_ns if path.exists() else 0
        known = self._rows
        if known is None or known[:2] != (path, stamp):
            known = self._rows = path, stamp, rows_of(path, place_of(work))
        return known[2]

    def _explain(self, call: Call) -> Answer:
        """Answer with the words of `melodyrnn ingest --explain` about a file of the report."""
        work, name = self._find(call), call.query.get("file", "")
        if all(row.file != name for row in self._rows_of(work)):
            raise CallError(f"a file to explain must be one of the report. Received: {shown(name)}", 404)
        return answer_json({"words": explain(name, task_of(work)["options"])})

    def _find(self, call: Call) -> WorkFolder:
        work = find_work(self._root, "corpus", call.path["id"])
        if work is None:
            raise CallError(f"there is no such corpus. Received: {shown(call.path['id'])}", 404)
        return work


def corpus_view(work: WorkFolder) -> JsonObject:
    """Return what the page is told of a corpus.

    `found` holds the counts of the corpus, null where it was not written; `advice` the options that get something out
    of files that gave nothing, as they were tried on them.
    """
    task, state = task_of(work), work.state()
    figures = state["figures"]
    is_done = state["status"] == "done"
    return {
        "id": work.id,
        "name": task["name"],
        "created": task["created"],
        "folder": task["place"],
        "options": task["options"],
        "status": state["status"],
        "stage": state["stage"],
        "done": state["done"],
        "total": state["total"],
        "error": state["error"],
        "found": _found(figures) if is_done else None,
        "advice": figures.get("remedy"),
        "hasReport": report_path(work).exists(),
        "canTrain": is_done and (corpus_path(work) / "corpus.json").exists(),
    }


def _found(figures: JsonObject) -> JsonObject:
    return {
        "reading": figures["parts"],
        "pieces": figures["melodies"],
        "notes": figures["notes"],
        "splits": figures["splits"],
        "files": figures["files"],
        "filesKept": figures["files_with_melody"],
        "filesRepaired": figures["files_repaired"],
        "reasons": [reason for one in figures["left_out"] for reason in one["reasons"]],
    }


def explain(file: str, options: Sequence[str]) -> list[str]:
    """Return the words of `melodyrnn ingest --explain`, in a process of its own, which no file can hold up for ever."""
    words = [word for option in split_options(options) for word in option.split()]
    command = python_command(_EXPLAIN, ["ingest", "--explain", file, *words])
    try:
        run = subprocess.run(command, capture_output=True, timeout=_EXPLAIN_SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return [f"{file}: took over {_EXPLAIN_SECONDS} seconds"]
    return (run.stdout + run.stderr).decode("utf-8", "replace").splitlines()


def _place(value: object) -> Path:
    """Return the folder or the file that a path names. Raises CallError where there is none."""
    text = a_text(value, _MAX_PATH, "folder").strip()
    if text == SAMPLES:
        return data_folder(SAMPLES)
    try:
        path = Path(text).expanduser()
        is_there = path.is_absolute() and path.exists()
    except (OSError, ValueError, RuntimeError):  # too long, with a null character, without a home
        is_there = False
    if not is_there:
        raise CallError(f"a folder must be the whole path of one on this machine. Received: {shown(text)}", 404)
    return path


def _options(value: object) -> list[str]:
    """Return options of an ingest. Raises CallError or SettingError for what is none."""
    options = [a_text(one, _MAX_NAME, "an option") for one in a_list(value, _MAX_OPTIONS, "options")]
    config_of(options)
    return options


def _number(text: str, what: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise CallError(f"{what} must be a whole number. Received: {shown(text)}")
    return int(text)
