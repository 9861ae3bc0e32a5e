// Converts ticks to seconds and back, with all changes of tempo. `tempos` are pairs of a tick and the microseconds of a
// quarter note from there on; the first pair also holds before its tick.
export function tempoMap({ ticksPerQuarter, tempos }) {
  const parts = [];
  tempos.forEach(([tick, mspq], n) => {
    const last = parts[n - 1];
    const seconds = last ? last.seconds + (tick - last.tick) * last.pace : 0;
    parts.push({ tick, seconds, pace: mspq / 1e6 / ticksPerQuarter });
  });
  const find = (key, value) => parts.findLast((part) => part[key] <= value) ?? parts[0];
  return {
    seconds(tick) { const part = find("tick", tick); return part.seconds + (tick - part.tick) * part.pace; },
    tick(seconds) { const part = find("seconds", seconds); return part.tick + (seconds - part.seconds) / part.pace; },
  };
}
