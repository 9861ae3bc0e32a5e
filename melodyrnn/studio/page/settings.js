// Language, theme and letters as keys: kept in this browser, for all sessions.

import { button, h } from "./dom.js";
import { LANGUAGES, languageOf } from "./texts.js";

const read = (name) => { try { return localStorage.getItem(`melodyrnn-${name}`); } catch { return null; } };
const write = (name, value) => { try { localStorage.setItem(`melodyrnn-${name}`, value); } catch { /* private windows may refuse */ } };

export const languageNow = () => languageOf([read("language"), ...navigator.languages].filter(Boolean));
export const lettersNow = () => read("letters") !== "off";
export const setLetters = (isOn) => write("letters", isOn ? "on" : "off");

/** Set the theme of the page: "" is that of the system. */
export function applyTheme(theme = read("theme") ?? "") {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

/** The two switches of the header. @param {{t: Function, language: string, onTheme: () => void, beforeReload: () => Promise<void>}} parts */
export function settingControls({ t, language, onTheme, beforeReload }) {
  const languages = h("select", { "aria-label": t("language"), title: t("language"), id: "language", on: { async change() { write("language", languages.value); await beforeReload(); location.reload(); } } },
    ...LANGUAGES.map(([code, name]) => h("option", { value: code, text: name, lang: code })));
  languages.value = language;
  const order = ["", "light", "dark"], names = { "": "themeAuto", light: "themeLight", dark: "themeDark" };
  const theme = button({ icon: "sun", text: "", label: "", className: "quiet", id: "theme" }, () => {
    const next = order[(order.indexOf(read("theme") ?? "") + 1) % order.length];
    write("theme", next);
    applyTheme(next);
    name();
    onTheme();
  });
  function name() {
    const text = `${t("theme")}: ${t(names[read("theme") ?? ""])}`;
    theme.title = text;
    theme.setAttribute("aria-label", text);
  }
  name();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onTheme);
  return [languages, theme];
}
