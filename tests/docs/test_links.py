"""Links in README, docs and the other pages lead to files and headings that exist. No network is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import DOCS, PAGES, ROOT, anchors, links, text_of

LINKED = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "checkpoints").glob("*.md"))]


def dead_links(page: Path) -> list[str]:
    return [link for link in links(page) if not link.startswith(("https://", "http://")) and not leads(page, link)]


def leads(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or (target.suffix == ".md" and anchor in anchors(target))


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.name)
def test_no_link_is_dead(page: Path) -> None:
    assert dead_links(page) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = DOCS / "index.md"
    assert not leads(page, "nowhere.md")
    assert not leads(page, "start.md#nowhere")
    assert leads(page, "start.md")


def test_every_page_is_in_the_table_of_contents() -> None:
    entries = {line.strip() for page in PAGES for line in text_of(page).splitlines()}
    assert [page.name for page in DOCS.glob("*.md") if page.stem not in entries and page.stem != "index"] == []


def test_every_picture_is_used() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    pictures = [path for suffix in ("png", "svg") for path in DOCS.rglob(f"*.{suffix}")]
    assert [path.name for path in pictures if path.resolve() not in shown] == []
