// What the page plays: the piece in view, a candidate, single notes. The player itself lies in sound/player.js.

import { repeated } from "./bars.js";
import { tempoMap } from "./sound/tempo.js";

/** Whether single notes of two pieces sound the same. */
const soundsAlike = (one, other) => one !== null && one.tracks.length === other.tracks.length &&
  one.tracks.every((track, n) => track.program === other.tracks[n].program && track.isDrum === other.tracks[n].isDrum);

const HEARD = 260; // milliseconds of a note that is touched

/** @param {{store: any, onCursor: (tick: ?number, follows: boolean) => void, onProgress: (piece: any, share: number) => void, load: () => Promise<any>}} parts */
export function createSound({ store, onCursor, onProgress, load }) {
  let player = null, loading = null, loaded = null, cursor = 0, frame = 0, isStarting = false;

  /** The player, made when it is first needed. */
  function ready() {
    loading ??= load().then((made) => {
      player = made;
      player.addEventListener("state", () => {
        store.set({ soundKind: player.kind });
        if (player.state !== "playing" && !isStarting) ended();
      });
      store.set({ soundKind: player.kind });
    });
    loading.catch(() => { loading = null; store.set({ soundKind: "none" }); });
    return loading;
  }

  /** The bars that repeat, in ticks; null where nothing does. */
  function loopOf(piece) {
    const { bars, loop } = store.apart;
    if (!loop) return null;
    return repeated(piece, piece === store.piece ? bars : null);
  }

  function give(piece) {
    if (loaded !== piece) { player.load(piece); loaded = piece; }
    const isWork = piece === store.piece;
    piece.tracks.forEach((_, index) => {
      const { muted = false, solo = false, volume = 0.8 } = (isWork && store.apart.mix[index]) || {};
      player.setMute(index, muted);
      player.setSolo(index, solo);
      player.setVolume(index, volume);
    });
    player.setTempoFactor(store.apart.tempoFactor);
  }

  async function play(piece, fromTick) {
    isStarting = true;
    try {
      await ready();
      give(piece);
      player.play({ fromTick, loop: loopOf(piece) });
      store.set({ playing: piece });
    } catch (error) {
      store.set({ playing: null, notice: error.message });
    } finally { isStarting = false; }
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(follow);
  }

  function follow() {
    const { playing } = store.apart;
    if (!playing) return;
    const tick = player.position();
    if (playing === store.piece) { cursor = tick; onCursor(cursor, true); }
    onProgress(playing, tick / playing.end);
    frame = requestAnimationFrame(follow);
  }

  function ended() {
    cancelAnimationFrame(frame);
    const { playing } = store.apart;
    if (!playing) return;
    store.set({ playing: null });
    onProgress(playing, 0);
    if (playing === store.piece && player.position() >= playing.end - 1) seek(0);
  }

  const stop = () => player?.stop();

  function seek(tick) {
    cursor = tick;
    onCursor(tick, false);
    if (store.apart.playing && store.apart.playing === store.piece) play(store.piece, tick);
  }

  /** Play the work from the cursor, in a loop from where it begins; or stop. */
  function toggle() {
    const { piece } = store;
    if (store.apart.playing) stop();
    else if (piece) play(piece, cursor >= piece.end ? 0 : cursor);
  }

  /** Play another piece from its beginning, or stop it. */
  function audition(piece) {
    if (store.apart.playing === piece) stop(); else play(piece, 0);
  }

  const sounding = new Map(); // timer by track and pitch
  async function hear(track, pitch, velocity) {
    if (pitch < 0 || pitch > 127) return;
    if (!player) await ready();
    if (!store.apart.playing && !soundsAlike(loaded, store.piece)) give(store.piece);
    const name = `${track}:${pitch}`;
    clearTimeout(sounding.get(name));
    player.noteOn(track, pitch, velocity);
    sounding.set(name, setTimeout(() => player.noteOff(track, pitch), HEARD));
  }

  // what is heard follows what is seen: edits, A/B, undo; mutes and volumes; the bars of a loop
  let seen = { piece: null };
  store.subscribe(() => {
    const { piece } = store, { mix, tempoFactor, playing, loop, bars } = store.apart;
    const before = seen;
    seen = { piece, mix, tempoFactor, loop, bars };
    const wasWork = playing && playing === before.piece;
    if (piece !== before.piece && !wasWork) {
      if (cursor > (piece?.end ?? 0)) cursor = 0;
      onCursor(piece && cursor, false);
    }
    if (!wasWork) return;
    if (!piece) { stop(); return; }
    if (piece !== before.piece) store.set({ playing: piece });
    give(piece);
    if (loop !== before.loop || (loop && bars !== before.bars)) play(piece, player.position());
  });

  return { ready, toggle, stop, seek, audition, hear, position: () => cursor, secondsOf: (tick) => (store.piece ? tempoMap(store.piece).seconds(tick) : 0) };
}
