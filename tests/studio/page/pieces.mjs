// Pieces for the tests.

import { emptyPiece, sorted, withTrack } from "../../../melodyrnn/studio/page/document.js";

/** A melody of one part: [onset, duration, pitch] in quarters, and everything that `emptyPiece` takes. */
export function melody(notes, options = {}) {
  const piece = emptyPiece(options);
  return withTrack(piece, 0, { notes: sorted(notes.map(([onset, duration, pitch, velocity = 90]) => [onset * 480, duration * 480, pitch, velocity])) });
}

/** The notes of a part as [onset, duration, pitch] in quarters. */
export const quartersOf = (piece, track = 0) => piece.tracks[track].notes.map(([onset, duration, pitch]) => [onset / 480, duration / 480, pitch]);
