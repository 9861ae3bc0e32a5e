// Has melodyrnn write into the selected launcher clip of Bitwig Studio, through a running
// `melodyrnn studio --osc 9000`.
//
// Install: copy this file to Documents/Bitwig Studio/Controller Scripts/melodyrnn/, then add the controller
// "melodyrnn: Studio" (Settings > Controllers). Select a launcher clip; the buttons are in the studio I/O panel.
// Source of the names: Bitwig's Controller API 10. Units: quarter notes; a step is a twelfth of one, melodyrnn's grid.

loadAPI(10);
host.defineController("melodyrnn", "Studio", "0.1", "c6e86ce2-3b09-4b56-9d0a-7d5b1f0d5d6b", "melodyrnn");

const OSC_PORT = 9000; // of the studio
const OWN_PORT = 9001; // on which its answers come
const STEPS = 12; // in a quarter note
const MAX_QUARTERS = 256; // of a clip
const VERBS = ["Generate", "Vary", "Continue", "Ending", "Infill"];

let studio, clip, wishes, count = 0;
let given = new Map(); // the notes of the clip: "step pitch" → [step, pitch, velocity, duration in quarter notes]
let drawn = []; // the notes that have come for the call in progress

/** Connects to the studio and shows the buttons. */
function init() {
  const osc = host.getOscModule();
  const answers = osc.createAddressSpace();
  answers.registerMethod("/melodyrnn/note", "*", "a note", (source, message) => hearNote(message.getArguments()));
  answers.registerMethod("/melodyrnn/piece", "*", "a piece", (source, message) => writeClip(message.getArguments()));
  answers.registerMethod("/melodyrnn/refused", "*", "a refusal", (source, message) =>
    host.showPopupNotification(String(message.getArguments()[1])));
  answers.registerDefaultMethod(() => {});
  osc.createUdpServer(OWN_PORT, answers);
  studio = osc.connectToUdpServer("127.0.0.1", OSC_PORT, osc.createAddressSpace());

  clip = host.createLauncherCursorClip(MAX_QUARTERS * STEPS, 128);
  clip.setStepSize(1 / STEPS);
  clip.getLoopLength().markInterested();
  clip.addNoteStepObserver(noteChanged);

  const settings = host.getDocumentState();
  wishes = {
    model: settings.getStringSetting("Model", "melodyrnn", 40, "folk"),
    bars: settings.getNumberSetting("New bars", "melodyrnn", 1, 64, 1, "", 8),
    first: settings.getNumberSetting("Fill from bar", "melodyrnn", 1, 64, 1, "", 1),
    last: settings.getNumberSetting("Fill to bar", "melodyrnn", 1, 64, 1, "", 1),
    share: settings.getNumberSetting("Share to vary", "melodyrnn", 0, 1, 0.01, "", 0.3),
  };
  for (const setting of Object.values(wishes)) setting.markInterested();
  for (const verb of VERBS) {
    settings.getSignalSetting(verb, "melodyrnn", verb).addSignalObserver(() => call(verb.toLowerCase()));
  }
}

function flush() {}

function exit() {}

/** Keeps the notes of the clip up to date. */
function noteChanged(note) {
  const key = `${note.x()} ${note.y()}`;
  if (String(note.state()) !== "NoteOn") given.delete(key);
  else given.set(key, [note.x(), note.y(), Math.max(1, Math.round(note.velocity() * 127)), note.duration()]);
}

/** Returns the document of the clip: its notes in the ticks of the grid. */
function documentOfClip() {
  const notes = [...given.values()]
    .map(([step, pitch, velocity, quarters]) => [step, Math.max(1, Math.round(quarters * STEPS)), pitch, velocity])
    .sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  const track = { name: "melodyrnn", role: "melody", program: 0, channel: 0, isDrum: false, notes };
  return {
    ticksPerQuarter: STEPS,
    end: Math.round(clip.getLoopLength().get() * STEPS),
    tempos: [[0, 500000]],
    meters: [[0, 4, 4]],
    keys: [],
    tracks: [track],
  };
}

/** Sends a verb with what it needs. */
function call(verb) {
  count += 1;
  drawn = [];
  const values = ["reply", OWN_PORT, "model", wishes.model.get()];
  if (verb !== "generate") values.push("document", JSON.stringify(documentOfClip()));
  if (verb === "generate" || verb === "continue") values.push("bars", Math.round(wishes.bars.getRaw()));
  if (verb === "vary") values.push("vary", wishes.share.getRaw());
  if (verb === "infill") {
    values.push("first", Math.round(wishes.first.getRaw()), "last", Math.round(wishes.last.getRaw()));
  }
  studio.sendMessage(`/melodyrnn/${verb}`, count, ...values);
}

/** Keeps a note of the call in progress: id, candidate, track, onset, duration, pitch, velocity. */
function hearNote(values) {
  if (values[0] === count) drawn.push(values.slice(3));
}

/** Writes the notes that have come into the clip, and gives it their length. */
function writeClip(values) {
  if (values[0] !== count) return;
  clip.clearSteps();
  for (const [onset, duration, pitch, velocity] of drawn) {
    clip.setStep(Math.round(onset * STEPS), pitch, velocity, duration);
  }
  clip.getLoopLength().set(values[3]);
  drawn = [];
}
