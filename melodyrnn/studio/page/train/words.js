// What the server tells of corpora and trainings, in words; pure, so that it runs without a browser.

/**
 * Numbers in a language: whole ones, bits (two digits after the point), about three digits, and times.
 * @param {string} language
 */
export function numbersIn(language) {
  const whole = new Intl.NumberFormat(language), rough = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  const two = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const one = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return {
    whole: (value) => whole.format(Math.round(value)), rough: (value) => rough.format(value),
    bits: (value) => two.format(value), epoch: (value) => one.format(value), clock,
  };
}

/** A time as minutes and seconds, "3:20", or with hours, "1:02:03". @param {number} seconds */
export function clock(seconds) {
  const all = Math.round(seconds), pad = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(all / 3600), minutes = Math.floor(all / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(all % 60)}` : `${minutes}:${pad(all % 60)}`;
}

const isKnown = (value) => typeof value === "number" && Number.isFinite(value);

/** The stage or, where nothing runs, the status of a work. */
export function statusWords(t, { status, stage, done, total }, numbers) {
  if (status !== "running" || !stage) return t(`status_${status}`);
  const words = t(`stage_${stage.replaceAll(" ", "_")}`, {}, stage);
  return total && stage !== "training" ? `${words}: ${t("doneOf", { done: numbers.whole(done), total: numbers.whole(total) })}` : words;
}

/** The lines of what was found in a folder. @returns {string[]} */
export function foundWords(t, found, numbers) {
  const isMelody = found.reading === "melody", count = numbers.whole;
  const what = t(found.pieces === 1 ? (isMelody ? "melody" : "piece") : (isMelody ? "melodies" : "pieces"));
  const { train = 0, validation = 0, test = 0 } = found.splits;
  const lines = [
    t("foundPieces", { pieces: count(found.pieces), what, notes: count(found.notes), train: count(train), validation: count(validation), test: count(test) }),
    t("foundFiles", { kept: count(found.filesKept), files: count(found.files) }),
  ];
  if (found.filesRepaired) lines.push(t("foundRepaired", { count: count(found.filesRepaired) }));
  return lines;
}

/** The reasons for which files gave nothing. @returns {string[]} */
export function reasonWords(t, found, numbers) {
  return found.reasons.map(({ count, reason, example }) =>
    t("foundReason", { count: numbers.whole(count), reason, example: example.split(/[/\\]/).pop() || example }));
}

/** The advice of an ingest: which options were tried, and what came of it. */
export function adviceWords(t, advice, numbers) {
  return t("advice", { options: advice.options.join(" "), kept: numbers.whole(advice.kept), tried: numbers.whole(advice.tried) });
}

/** What bits per note mean, beside those of an order-2 Markov chain on the same notes. */
export function meaningWords(t, bits, baseline, numbers, startBits = null) {
  if (!isKnown(bits) || !isKnown(baseline)) return t("meaningNone");
  const words = [t("meaning", { notes: numbers.rough(2 ** bits), baseline: numbers.bits(baseline), baselineNotes: numbers.rough(2 ** baseline) })];
  if (bits >= baseline) words.push(t("meaningWorse"));
  if (isKnown(startBits)) words.push(t("meaningStart", { bits: numbers.bits(startBits) }));
  return `${words.join("; ")}.`;
}

/** The figures of a training that runs, the most important first. @returns {string[]} */
export function figureWords(t, figures, numbers) {
  const { epoch, epochs, validationBits, bestBits, trainBits, secondsLeft, notesPerSecond } = figures;
  return [
    isKnown(validationBits) && t("bitsNow", { bits: numbers.bits(validationBits) }),
    isKnown(bestBits) && t("bitsBest", { bits: numbers.bits(bestBits) }),
    isKnown(trainBits) && t("bitsTraining", { bits: numbers.bits(trainBits) }),
    isKnown(secondsLeft) && t("timeLeft", { time: numbers.clock(secondsLeft) }),
    t("epochs", { epoch: numbers.epoch(epoch), epochs: numbers.epoch(epochs) }),
    t("speed", { speed: numbers.whole(notesPerSecond) }),
  ].filter(Boolean);
}

/** How a training ended, and what its bits mean. @returns {string[]} */
export function resultWords(t, { result, model }, numbers) {
  return [
    t(`why_${result.why}`), isKnown(result.bits) && `${t("bitsNow", { bits: numbers.bits(result.bits) })}.`,
    meaningWords(t, result.bits, result.baselineBits, numbers, result.startBits),
    model && t("modelReady", { model }),
  ].filter(Boolean);
}
