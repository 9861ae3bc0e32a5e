// What the script for Bitwig Studio calls of its Controller API: a stand-in, because Bitwig Studio cannot be installed
// here. Lines of JSON come in: notes of the clip, buttons, OSC messages; what the script does goes out as such lines.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import vm from "node:vm";

const say = (name, ...values) => console.log(JSON.stringify([name, ...values]));
const buttons = new Map();
const methods = new Map();
const settings = JSON.parse(process.argv[3]);
let loop = 0, heardNote;
const value = (label, initial) => {
  const found = label in settings ? settings[label] : initial;
  return { markInterested() {}, get: () => found, getRaw: () => found };
};
const space = { registerMethod: (address, types, about, f) => methods.set(address, f), registerDefaultMethod() {} };
const clip = {
  setStepSize: (quarters) => say("step size", quarters),
  getLoopLength: () => ({ markInterested() {}, get: () => loop, set: (quarters) => say("loop", quarters) }),
  addNoteStepObserver: (f) => { heardNote = f; },
  clearSteps: () => say("clear"),
  setStep: (...values) => say("step", ...values),
};
const host = {
  defineController() {},
  getOscModule: () => ({
    createAddressSpace: () => space,
    createUdpServer: (port) => say("listens", port),
    connectToUdpServer: () => ({ sendMessage: (address, ...values) => say("send", address, ...values) }),
  }),
  createLauncherCursorClip: () => clip,
  showPopupNotification: (text) => say("popup", text),
  getDocumentState: () => ({
    getStringSetting: (label, group, length, initial) => value(label, initial),
    getNumberSetting: (label, group, low, high, step, unit, initial) => value(label, initial),
    getSignalSetting: (label) => ({ addSignalObserver: (f) => buttons.set(label, f) }),
  }),
};
const context = vm.createContext({ host, loadAPI() {} });
vm.runInContext(readFileSync(process.argv[2], "utf8") + "\nglobalThis.start = init;", context);
context.start();

const inputs = {
  loop: (quarters) => { loop = quarters; },
  note: (step, pitch, velocity, duration, state) => heardNote({
    x: () => step, y: () => pitch, velocity: () => velocity / 127, duration: () => duration, state: () => state,
  }),
  press: (label) => buttons.get(label)(),
  osc: (address, ...values) => methods.get(address)?.(null, { getArguments: () => values }),
};
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...values] = JSON.parse(line);
  inputs[name](...values);
  say("ready");
}
