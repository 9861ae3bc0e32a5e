"""`openapi.json`: the description of the HTTP interface, made from the endpoints themselves.

Source: OpenAPI Specification 3.1.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..json_types import JsonObject
from ..version import __version__
from .endpoint import JSON, Answer, Call, Endpoint, Service, answer_json
from .verbs import MAX_NUM, VERBS
from .wishes import OFFERED

_TEXT: JsonObject = {"type": "string"}
_COUNT: JsonObject = {"type": "integer", "minimum": 0}
_FLAG: JsonObject = {"type": "boolean"}
_TYPES = {"number": "number", "integer": "integer", "flag": "boolean", "choice": "string", "text": "string"}


def _ref(name: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: JsonObject) -> JsonObject:
    return {"type": "array", "items": of}


def _object(*required: str, **properties: JsonObject) -> JsonObject:
    return {"type": "object", "properties": properties, "required": list(required)}


def _row(*values: JsonObject) -> JsonObject:
    return {"type": "array", "prefixItems": list(values), "minItems": len(values), "maxItems": len(values)}


_TRACK = _object(
    "notes",
    name=_TEXT,
    role=_TEXT,
    program={"type": "integer", "minimum": 0, "maximum": 127},
    channel={"type": "integer", "minimum": 0, "maximum": 15},
    isDrum=_FLAG,
    notes={**_list(_row(_COUNT, _COUNT, _COUNT, _COUNT)), "description": "[onset, duration, pitch, velocity]"},
)
_DOCUMENT = {
    **_object(
        *("ticksPerQuarter", "end", "tempos", "meters", "tracks"),
        ticksPerQuarter={"type": "integer", "minimum": 1},
        end=_COUNT,
        tempos={**_list(_row(_COUNT, _COUNT)), "description": "[tick, microseconds per quarter note]"},
        meters={**_list(_row(_COUNT, _COUNT, _COUNT)), "description": "[tick, numerator, denominator]"},
        keys={**_list(_row(_COUNT, _TEXT)), "description": "[tick, key]"},
        tracks=_list(_TRACK),
        chords={**_list(_row(_COUNT, _TEXT)), "description": "[tick, chord symbol]"},
        source={"type": ["string", "null"], "description": "the imported file that the document edits"},
        command={"type": ["string", "null"], "description": "the command that generates the piece again"},
        seed={"type": ["integer", "null"]},
        name=_TEXT,
    ),
    "description": "A piece; all times are ticks.",
}


def _wishes() -> JsonObject:
    """Return the schema of wishes, from their table."""
    properties: dict[str, JsonObject] = {}
    for wish in OFFERED.values():
        schema: JsonObject = {"description": wish.help}
        if wish.kind in _TYPES:
            schema["type"] = [_TYPES[wish.kind], "null"]
        if wish.low is not None and wish.kind in ("number", "integer"):
            schema["exclusiveMinimum" if wish.is_above else "minimum"] = wish.low
        if wish.high is not None and wish.kind in ("number", "integer"):
            schema["maximum"] = wish.high
        properties[wish.name] = schema
    return _object(**properties)


def _order() -> dict[str, JsonObject]:
    """Return the properties of the body of a verb."""
    return {
        "model": {**_TEXT, "description": "its name; the default model where there is none"},
        "wishes": _ref("Wishes"),
        "num": {"type": "integer", "minimum": 1, "maximum": MAX_NUM, "default": 1},
        "document": _ref("Document"),
        "bars": {**_row(_COUNT, _COUNT), "description": "the first and the last, counted from 1"},
        "locked": {**_list(_row(_COUNT, _COUNT, _COUNT)), "description": "[track, onset, pitch] of notes that stay"},
        "track": {**_COUNT, "description": "that a model of melodies works on"},
    }


def _port_order() -> JsonObject:
    """Return the schema of the body of api/play."""
    return _object(
        "document",
        document=_ref("Document"),
        port={"type": ["string", "null"], "description": "a part of its name; a new virtual port where there is none"},
        fromTick=_COUNT,
        loop={"type": ["array", "null"], "items": _COUNT, "description": "[first tick, last tick]"},
        tempoFactor={"type": "number", "default": 1},
        clock={**_FLAG, "description": "whether MIDI clock is sent too"},
        follow={"type": ["string", "null"], "description": "the input port whose MIDI clock is followed"},
        tab={**_TEXT, "description": "any name of the page that plays"},
    )


def _schemas() -> Mapping[str, JsonObject]:
    state = _object("revision", "state", revision=_COUNT, state=_object(), name=_TEXT)
    kept = _object("name", name=_TEXT, bars=_COUNT, key=_TEXT, notes=_COUNT, tracks=_COUNT)
    job = {"verb": {"enum": list(VERBS)}, "tab": _TEXT, "replaces": _FLAG}
    name: JsonObject = {"type": ["string", "null"]}
    port = _object("name", "driver", name=_TEXT, driver=_TEXT)
    imported = _object("document", "words", document=_ref("Document"), words=_list(_TEXT))
    return {
        "Document": _DOCUMENT,
        "Error": _object("error", "wish", error=_TEXT, wish={"type": ["string", "null"]}),
        "Wishes": _wishes(),
        "WishTable": _list(_object("name", "kind", name=_TEXT, kind=_TEXT)),
        "Models": _list(_object("name", "kind", name=_TEXT, kind={"enum": ["melody", "parts"]}, default=_FLAG)),
        "Order": _object(**_order()),
        "JobOrder": _object("verb", **_order(), **job),
        "Job": _object("job", job=_TEXT),
        "Pieces": _object("pieces", pieces=_list(_ref("Document"))),
        "Kept": _list(kept),
        "Keep": _object("document", document=_ref("Document"), name=_TEXT),
        "KeptName": _object("name", name=_TEXT),
        "Opened": _object("document", document=_ref("Document")),
        "Imported": _object("pieces", pieces=_list(imported)),
        "Export": _object("document", document=_ref("Document"), format=_TEXT),
        "Tabs": _list(_object("tab", "revision", tab=_TEXT, revision=_COUNT, saved=_TEXT, name=_TEXT)),
        "State": state,
        "Revision": _object("revision", revision=_COUNT),
        "Ports": _object("outputs", "inputs", outputs=_list(port), inputs=_list(port)),
        "PortOrder": _port_order(),
        "PortPlayback": _object("playing", "port", "tab", "error", playing=_FLAG, port=name, tab=name, error=name),
    }


class OpenApi:
    """Describes the endpoints of services."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._services = services

    def endpoints(self) -> Sequence[Endpoint]:
        return (Endpoint("GET", "/openapi.json", self._answer, "this description"),)

    def close(self) -> None:
        """Nothing runs here."""

    def _answer(self, call: Call) -> Answer:
        endpoints = [one for service in self._services for one in service.endpoints()]
        return answer_json(description([*endpoints, *self.endpoints()]))


def description(endpoints: Sequence[Endpoint]) -> JsonObject:
    """Return the description of endpoints."""
    paths: dict[str, JsonObject] = {}
    schemas = _schemas()
    for one in endpoints:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, path, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "melodyrnn studio", "version": __version__},
        "servers": [{"url": "."}],  # the address of this description: the token stands in it
        "paths": paths,
        "components": {"schemas": dict(schemas)},
    }


def _operation(endpoint: Endpoint, path: str, schemas: Mapping[str, JsonObject]) -> JsonObject:
    refused = {"description": "refused, with one line", "content": {JSON: {"schema": _ref("Error")}}}
    found: JsonObject = {
        "summary": endpoint.summary,
        "responses": {"200": {"description": "done", **_content(endpoint.gives, schemas)}, "4XX": refused},
    }
    names = re.findall(r"\{(\w+)\}", path)
    if names:
        found["parameters"] = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names]
    if endpoint.takes:
        found["requestBody"] = {"required": True, **_content(endpoint.takes, schemas)}
    return found


def _content(name: str, schemas: Mapping[str, JsonObject]) -> JsonObject:
    """Return the content of a body: of a schema, or of a type of media."""
    if "/" in name:
        return {"content": {name: {}}}
    return {"content": {JSON: {"schema": _ref(name) if name in schemas else {}}}}
