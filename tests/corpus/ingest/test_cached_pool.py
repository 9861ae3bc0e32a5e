"""A pool before another one: unchanged files come from the cache, and only the others are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from counting_pool import CountingPool

from melodyrnn.corpus.ingest.cache import CACHE, Cache, cache_key
from melodyrnn.corpus.ingest.cached_pool import CachedPool
from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.pool import Pool, PoolResult
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.ingest.sources import Limits, Source

CONFIG = IngestConfig()


class Pools:
    """Makes pools and keeps them."""

    def __init__(self) -> None:
        self.made: list[CountingPool] = []

    def __call__(self, config: IngestConfig) -> Pool:
        self.made.append(CountingPool(config))
        return self.made[-1]


@pytest.fixture
def cache(tmp_path: Path, folder: Path) -> Path:
    ingest([folder], tmp_path / "c")
    return tmp_path / "c" / CACHE


def results(pool: Pool, sources: Sequence[Source]) -> list[PoolResult]:
    with pool:
        pool.submit(list(enumerate(sources)))
        return list(pool)


def test_what_is_unchanged_is_not_read(cache: Path, folder: Path) -> None:
    sources, pools = find_files([folder]), Pools()
    found = results(CachedPool(Cache(cache, cache_key(CONFIG)), pools, CONFIG, folder / "unread"), sources)
    assert pools.made == []
    assert found == results(CountingPool(CONFIG), sources)


def test_only_what_has_changed_is_read(cache: Path, folder: Path) -> None:
    (folder / "010.mid").write_bytes(b"MThd and no more")
    (folder / "020.mid").unlink()
    sources, pools = [*find_files([folder]), Source(str(folder / "020.mid"))], Pools()
    found = results(CachedPool(Cache(cache, cache_key(CONFIG)), pools, CONFIG, folder / "unread"), sources)
    assert [[number for number, _ in pool.sources] for pool in pools.made] == [[10, 149]]
    assert [pool.is_closed for pool in pools.made] == [True]
    assert sorted(found) == results(CountingPool(CONFIG), sources)


@pytest.mark.parametrize("path", [None, "nowhere"])
def test_without_a_cache_the_other_pool_starts_at_once(folder: Path, path: str | None) -> None:
    sources, pools = find_files([folder])[:3], Pools()
    pool = CachedPool(Cache(path and folder / path, cache_key(CONFIG)), pools, CONFIG, folder / "unread")  # type: ignore[arg-type]
    assert len(pools.made) == 1
    assert results(pool, sources) == results(CountingPool(CONFIG), sources)
    assert pools.made[0].is_closed


def test_a_file_over_the_limit_comes_from_the_other_pool(cache: Path, folder: Path) -> None:
    config = IngestConfig(limits=Limits(file_megabytes=1e-6))
    sources, pools = find_files([folder])[:2], Pools()
    found = results(CachedPool(Cache(cache, cache_key(config)), pools, config, folder / "unread"), sources)
    assert len(pools.made) == 1
    assert all(b"larger than its stated size" in result.packed for result in found)
