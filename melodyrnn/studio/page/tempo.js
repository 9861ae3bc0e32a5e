// Ticks and seconds of a piece with any changes of tempo.

/** @param {import("./document.js").Piece} piece @returns {(tick: number) => number} */
export function secondsAt(piece) {
  const parts = [];
  for (const [tick, microseconds] of piece.tempos.length ? piece.tempos : [[0, 500000]]) {
    const last = parts[parts.length - 1];
    const seconds = last ? last.seconds + (tick - last.tick) * last.pace : 0;
    parts.push({ tick: last ? tick : 0, seconds, pace: microseconds / 1e6 / piece.ticksPerQuarter });
  }
  return (tick) => {
    const part = parts.findLast((one) => one.tick <= tick) ?? parts[0];
    return part.seconds + (tick - part.tick) * part.pace;
  };
}

/** The first tempo in quarters per minute. */
export const tempoOf = (piece) => 6e7 / (piece.tempos[0]?.[1] ?? 500000);
