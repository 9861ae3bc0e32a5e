// What the page takes of spessasynth_core; the rest of that package does not get into the bundle.
export { SoundBankLoader, SpessaLog, SpessaSynthProcessor } from "spessasynth_core";
