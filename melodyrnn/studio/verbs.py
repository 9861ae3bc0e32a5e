"""The verbs: what a call asks of a model, as a request, and the documents that it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from ..errors import Cancelled, MelodyRNNError
from ..generation.constraints.clashes import check
from ..generation.drawn_note import OnDrawn
from ..generation.generator import Generator
from ..generation.locked import LockedNote
from ..generation.request import Request
from ..json_types import JsonObject
from ..music.bars import num_bars
from ..tasks.generate import GeneratedPiece, GenerateTask, generate
from ..tasks.progress import Cancellation
from .documents import MAX_NOTES, MAX_TICK, document_of
from .endpoint import CallError
from .library import GivenPiece, Library
from .models import Models
from .reading import a_list, a_row, a_row_of_integers, a_text, an_integer, only
from .wishes import culprit, fields_of, request_of

MAX_NUM = 64  # pieces of a call
DEFAULT_VARIED = 0.3  # share of the pitches that `vary` draws anew where the call does not say
_ENDING_BARS = 2
_MAX_BARS, _MAX_TEXT = 100_000, 200
FIELDS = ("model", "wishes", "num", "document", "bars", "locked", "track")


@dataclass(frozen=True, slots=True)
class Order:
    """A call of a verb, read.

    Attributes:
        generator: the model.
        request: what is asked of it.
        wished: the fields of the request that were wished for.
        given: the document that is worked on; None for new pieces.
    """

    generator: Generator
    request: Request
    wished: Mapping[str, object]
    given: GivenPiece | None


@dataclass(frozen=True, slots=True)
class Given:
    """What a verb works on: the document, the body of the call, and the model."""

    piece: GivenPiece
    body: JsonObject
    generator: Generator

    @property
    def primer(self) -> dict[str, object]:
        """The fields of a request whose primer is the document.

        A model of melodies works on the track that the body names, else on that of the melody, else it chooses.
        """
        fields: dict[str, object] = {"primer": self.piece.piece}
        track, tracks = self.body.get("track"), self.piece.document["tracks"]
        if track is not None:
            an_integer(track, 0, len(tracks) - 1, "track")
        else:
            own = [number for number in self.piece.numbers if number is not None]
            melodies = [number for number in own if tracks[number].get("role") == "melody"]
            track = melodies[0] if len(own) > 1 and melodies else None
        if track is not None and not self.generator.vocabulary.parts:
            fields["given_part"] = str(self.piece.track(track))
        return fields

    @property
    def rewritten(self) -> dict[str, object]:
        """The fields of a request that rewrites the document and keeps the notes that the body locks."""
        rows = a_list(self.body.get("locked") or [], MAX_NOTES, "locked")
        highest = (len(self.piece.document["tracks"]) - 1, MAX_TICK, 127)
        locked = [a_row_of_integers(one, highest, "a locked note") for one in rows]
        notes = tuple(LockedNote(onset, pitch, self.piece.track(track)) for track, onset, pitch in locked)
        return {**self.primer, "locked": notes}


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb.

    Attributes:
        summary: what it does, in a line.
        wishes: those that it takes besides the ones for new pieces.
        fields: what a call of it sets of the request, besides the wishes; None for a verb without a document.
    """

    summary: str
    wishes: tuple[str, ...] = ()
    fields: Callable[[Given], dict[str, object]] | None = None


def read_order(verb: str, found: JsonObject, models: Models, library: Library) -> Order:
    """Return the order of the body of a call. Raises CallError where it breaks a rule."""
    only(found, FIELDS, "a call")
    model = found.get("model")
    generator = models.get(None if model is None else a_text(model, _MAX_TEXT, "model"))
    own = VERBS[verb]
    wished = fields_of(found.get("wishes", {}), own.wishes)
    fields = {**wished, "num": an_integer(found.get("num", 1), 1, MAX_NUM, "num")}
    given = None
    if own.fields is not None:
        if found.get("document") is None:
            raise CallError(f"{verb} must be given a document. Received: none")
        given = library.given(found["document"])
        fields = {**own.fields(Given(given, found, generator)), **fields}
    return Order(generator, request_of(fields), wished, given)


def documents_of(
    order: Order,
    library: Library,
    cancellation: Cancellation | None = None,
    on_drawn: OnDrawn | None = None,
) -> list[JsonObject]:
    """Return the documents of the pieces of an order.

    Args:
        on_drawn: called with each new note, see `Generator.generate`.

    Raises:
        CallError: where it cannot be met; it names the wish.
        Cancelled: where it was cancelled.
    """
    try:
        result = generate(GenerateTask(order.request, None), None, cancellation, order.generator, on_drawn)
    except Cancelled:
        raise
    except MelodyRNNError as error:
        wish = culprit(order.request, str(error), order.wished, partial(check_request, order.generator))
        raise CallError(str(error), wish=wish) from error
    return [_document(number, one, order, library) for number, one in enumerate(result.pieces, start=1)]


def check_request(generator: Generator, request: Request) -> None:
    """Refuse a request that has no plan, or whose wishes clash, without drawing; errors as of `Generator.generate`."""
    if generator.vocabulary.parts:
        from ..generation.parts.pieces import plan_of_pieces

        plan_of_pieces(request, generator.metadata)
    else:
        check(generator.plan(request).wishes)


def _document(number: int, made: GeneratedPiece, order: Order, library: Library) -> JsonObject:
    roles = {part.name: part.role for part in order.generator.vocabulary.parts}
    if order.given is not None:
        document = library.redrawn(made.piece, order.given, roles)
    else:
        name = f"{order.generator.name} {made.key} {made.seed}-{number}"
        document = document_of(made.piece, [roles.get(track.name, "") for track in made.piece.tracks], name)
    return {**document, "seed": made.seed, "model": order.generator.name}


def _vary(given: Given) -> dict[str, object]:
    return {**given.rewritten, "vary": DEFAULT_VARIED}


def _infill(given: Given) -> dict[str, object]:
    if given.body.get("bars") is None:
        raise CallError("infill must be given bars, the first and the last. Received: none")
    return {**given.rewritten, "infill": _bars(given.body["bars"])}


def _continue(given: Given) -> dict[str, object]:
    return given.primer


def _ending(given: Given) -> dict[str, object]:
    bars = given.body.get("bars")
    if bars is None:
        return {**given.rewritten, "new_ending": _ENDING_BARS}
    count, (first, last) = num_bars(given.piece.piece), _bars(bars)
    if last != count:
        raise CallError(f"bars of an ending must reach the last bar, {count}. Received: {first} to {last}")
    return {**given.rewritten, "new_ending": last + 1 - first}


def _accompany(given: Given) -> dict[str, object]:
    return {"given": given.piece.piece}


def _bars(value: object) -> tuple[int, int]:
    first, last = a_row(value, (_bar, _bar), "bars")
    return first, last


def _bar(value: object) -> int:
    return an_integer(value, 1, _MAX_BARS, "a bar")


VERBS: Mapping[str, Verb] = {
    "generate": Verb("new pieces"),
    "vary": Verb("variations of a document", ("vary",), _vary),
    "infill": Verb("bars of a document drawn anew", (), _infill),
    "continue": Verb("new bars after the end of a document", (), _continue),
    "ending": Verb("another ending of a document", (), _ending),
    "accompany": Verb("further parts beside those of a document", ("draw",), _accompany),
}
