"""URLs are told from paths, and their names hold no credentials."""

from __future__ import annotations

import pytest

from melodyrnn.corpus.ingest.archives import ARCHIVE_SUFFIXES
from melodyrnn.corpus.ingest.remote.urls import (
    is_url,
    is_web,
    parts_of,
    path_of,
    scheme_of,
    scrubbed,
    shown,
    split_at,
    stem_of,
)
from melodyrnn.corpus.ingest.sources import Source


@pytest.mark.parametrize(
    "place",
    ["s3://b", "HTTPS://h/x", "zip::https://h/a.zip", "simplecache::zip::s3://b/a.zip", "memory://x", "a+b://c"],
)
def test_urls(place: str) -> None:
    assert is_url(place)


@pytest.mark.parametrize(
    "place",
    ["C:\\x", "c://x", "C:/x", "folk", "/a:b/c", "a/b://c", "Zelda::Theme.mid", "://x", "", "http:/x", "旋律://x"],
)
def test_paths(place: str) -> None:
    assert not is_url(place)
    assert shown(place) == place


def test_the_scheme() -> None:
    assert [scheme_of(url) for url in ("S3://b", "zip::s3://b", "https://h")] == ["s3", "zip", "https"]
    assert [is_web(url) for url in ("http://h", "HTTPS://h", "s3://b", "zip::http://h")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://ann:secret@h:8/a%20b.mid?X-Amz-Signature=secret#secret", "https://h:8/a%20b.mid"),
        ("http://ann:se/cret@h/a.mid", "http://ann:se/cret@h/a.mid"),  # no user: the host is "ann:se"
        ("https://secret@h", "https://h"),
        ("https://h?token=secret", "https://h"),
        ("s3://b/is it?.mid#2", "s3://b/is it?.mid#2"),  # of a key these are letters
        ("sftp://ann:secret@h/a@b.mid", "sftp://h/a@b.mid"),
        ("zip://x.mid::https://ann:secret@h/a.zip?sig=secret", "zip://x.mid::https://h/a.zip"),
    ],
)
def test_a_name_holds_no_credentials(url: str, name: str) -> None:
    assert shown(url) == name
    assert Source(url).name == name
    assert Source(url, "x.mid").name == f"{name}/x.mid"


def test_nor_does_a_message() -> None:
    text = "no 'https://ann:secret@h/a.mid?sig=secret' nor s3://b/k (http://h?secret), see http://h/"
    assert scrubbed(text) == "no 'https://h/a.mid' nor s3://b/k (http://h), see http://h/"


@pytest.mark.parametrize(
    ("url", "stem"),
    [
        ("http://h/a/My%20Tune.v2.mid?x=1.mid", "My Tune.v2"),
        ("http://h/%E6%97%8B.mid", "旋"),
        ("s3://b/100%25.mid", "100%25"),
        ("s3://b/tune", "tune"),
        ("zip://in/x.mid::http://h/a.zip", "x"),
    ],
)
def test_a_piece_has_the_name_of_the_file(url: str, stem: str) -> None:
    assert stem_of(url) == Source(url).stem == stem


def test_the_path_of_the_web_is_decoded_and_of_a_store_is_not() -> None:
    assert path_of("http://h/a%2Fb%20c?d=e") == "h/a/b c"
    assert path_of("s3://b/a%20c?d") == "b/a%20c?d"
    assert parts_of("http://h/a%20b/c") == ["h", "a b", "c"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://h/s.zip/a%20b/c.mid?sig=1", ("http://h/s.zip?sig=1", "a b/c.mid")),
        ("s3://b/x/S.TAR.GZ/a%20b.mid", ("s3://b/x/S.TAR.GZ", "a%20b.mid")),
        ("s3://b/x.zip", None),
        ("s3://b/x.zip/", None),
        ("s3://b/x.mid/y.mid", None),
        ("zip://a.zip/b::http://h", None),
    ],
)
def test_a_member_of_an_archive(url: str, found: tuple[str, str] | None) -> None:
    assert split_at(url, ARCHIVE_SUFFIXES) == found
