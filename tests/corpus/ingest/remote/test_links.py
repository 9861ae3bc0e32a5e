"""The links of a page: those on its server, as a browser resolves them."""

from __future__ import annotations

import pytest

from melodyrnn.corpus.ingest.remote.links import is_folder_below, links_of

URL = "http://h/a/index.html"


@pytest.mark.parametrize(
    ("target", "link"),
    [
        ("x.mid", "http://h/a/x.mid"),
        ("x%20y.mid#bar", "http://h/a/x%20y.mid"),
        ("/b/x.mid", "http://h/b/x.mid"),
        ("../x.mid", "http://h/x.mid"),
        ("//h/x.mid", "http://h/x.mid"),
        (" x&amp;y.mid ", "http://h/a/x&y.mid"),
        ("?C=M", "http://h/a/index.html?C=M"),
    ],
)
def test_links_are_resolved(target: str, link: str) -> None:
    assert links_of(f'<p><A HREF="{target}">x'.encode(), URL) == [link]


@pytest.mark.parametrize("target", ["http://elsewhere/x.mid", "https://h/x.mid", "mailto:a@b", "http://[", ""])
def test_others_are_not_followed(target: str) -> None:
    assert links_of(f'<a href="{target}">x</a><a name="y">'.encode(), URL) == []


def test_a_base_and_bytes_that_are_no_text() -> None:
    assert links_of(b'<base href="/c/"><a href="x.mid">\xff<a href="x.mid">', URL) == ["http://h/c/x.mid"]


def test_folders_below() -> None:
    below = ["http://h/a/b/", "http://h/a/b/c/"]
    others = ["http://h/a/", "http://h/", "http://h/ab/", "http://h/a/b", "http://h/a/" + "x/" * 70]
    assert [link for link in below + others if is_folder_below(link, URL)] == below
