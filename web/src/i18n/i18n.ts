import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import type { Language } from "../ui/taste";

export type Words = Record<string, unknown>;

/**
 * English words of the shape of Chinese ones. Where a count is told, `NAME_one` may say it of one thing; Chinese needs none.
 * (Not `NAME_other`: what is absent in English would be said in Chinese.)
 */
export type English<T> = { [K in keyof T]: T[K] extends string ? string : English<T[K]> } & {
  [K in keyof T & string as `${K}_one`]?: string;
};

/** Start the words of a page: each page brings its own, and those of `common`. Texts of the hub come in this language too. */
export function startWords(language: Language, zh: Words, en: Words): void {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "zh-CN",
    resources: { "zh-CN": { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false }, // React does that
    returnNull: false,
    initAsync: false,
  });
  showLanguage(language);
}

/** Change the language of a page that runs. */
export function changeWords(language: Language): void {
  void i18next.changeLanguage(language);
  showLanguage(language);
}

function showLanguage(language: Language): void {
  document.documentElement.lang = language;
}
