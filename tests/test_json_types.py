"""Lines of JSON that files can hold."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.json_types import json_line


@given(st.text())
def test_a_line_of_json_can_be_written_whatever_the_text(text: str) -> None:
    data = json_line({"name": text}).encode("utf-8", "surrogateescape")
    assert b"\n" not in data
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")  # as JSON pairs surrogates
    assert json.loads(data.decode("utf-8", "surrogateescape"))["name"] in (text, paired)


def test_a_line_of_json_has_names_as_they_are_where_it_can() -> None:
    assert json_line("Fü\udcff") == '"Fü\udcff"'
    assert json_line("Fü\ud800") == '"F\\u00fc\\ud800"'
