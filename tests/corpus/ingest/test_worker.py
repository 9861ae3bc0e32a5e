"""What a worker answers, byte by byte: a result for each source, and that it is on the way to one."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.identity import DIGEST_BYTES, digest
from melodyrnn.corpus.ingest.reader import SourceReader
from melodyrnn.corpus.ingest.result import FileResult
from melodyrnn.corpus.ingest.sources import Source
from melodyrnn.corpus.ingest.worker import ON_THE_WAY, AnswerWriter, serve

NEVER, ALWAYS = 1e9, -1.0  # seconds of silence


class Pipe(io.BytesIO):
    """Bytes that know what was sent."""

    num_sent = 0

    def flush(self) -> None:
        self.num_sent = len(self.getvalue())


def served(sources: list[Source], max_silent: float) -> Pipe:
    pipe = Pipe()
    writer = AnswerWriter(pipe, max_silent)
    reader = SourceReader(IngestConfig(), writer.tell_on_the_way)
    batch = json.dumps([(source.path, source.member, source.size) for source in sources]).encode() + b"\n"
    serve(io.BytesIO(batch), writer, reader)
    reader.close()
    return pipe


def frames(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    while data:
        at = DIGEST_BYTES + 4
        end = at + int.from_bytes(data[DIGEST_BYTES:at], "little")
        yield data[:DIGEST_BYTES], data[at:end]
        data = data[end:]


@pytest.mark.parametrize("max_silent", [NEVER, ALWAYS])
def test_each_source_has_its_answer(folder: Path, max_silent: float) -> None:
    sources = find_files([folder])[:5]
    pipe = served(sources, max_silent)
    assert pipe.num_sent == len(pipe.getvalue())
    found = list(frames(pipe.getvalue()))
    assert [content for content, _ in found] == [digest(Path(source.path).read_bytes()) for source in sources]
    assert all(FileResult.from_bytes(packed).voices[0].piece for _, packed in found)


@pytest.mark.parametrize("max_silent", [NEVER, ALWAYS])
def test_on_the_way_to_a_member_it_says_so(folder: Path, tmp_path: Path, max_silent: float) -> None:
    tune = (folder / "000.mid").read_bytes()
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in (("before.txt", bytes(3 << 20)), ("a.mid", tune)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    (tmp_path / "a.tgz").write_bytes(gzip.compress(file.getvalue()))
    found = list(frames(served(find_files([tmp_path / "a.tgz"]), max_silent).getvalue()))
    assert found[-1][0] == digest(tune)
    assert {frame for frame in found[:-1]} == ({(ON_THE_WAY, b"")} if max_silent == ALWAYS else set())
