// Which tracks are heard, and how loud: mute, solo and volume by track, also of tracks that do not exist yet.

const DEFAULT = { muted: false, solo: false, volume: 1 };

export class Mix {
  /** @type {{muted: boolean, solo: boolean, volume: number}[]} */
  tracks = [];

  /** @param {Partial<{muted: boolean, solo: boolean, volume: number}>} values */
  change(track, values) {
    this.tracks[track] = { ...this.of(track), ...values };
  }

  of(track) {
    return this.tracks[track] ?? DEFAULT;
  }

  /** The gains of the first tracks; where some of them are solo, the others are silent. */
  gains(number) {
    const own = Array.from({ length: number }, (_, track) => this.of(track));
    const anySolo = own.some(({ solo }) => solo);
    return own.map(({ muted, solo, volume }) => (muted || (anySolo && !solo) ? 0 : volume));
  }
}
