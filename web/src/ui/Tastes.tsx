import { useTranslation } from "react-i18next";

import { changeWords } from "../i18n/i18n";
import { languageNow, setLanguage, setTheme, useTheme } from "./taste";

/** Language and appearance, as a person likes them on this device. */
export function Tastes({ onLanguage }: { onLanguage?: () => void }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const turn = () => {
    const other = languageNow() === "en" ? "zh-CN" : "en";
    setLanguage(other);
    changeWords(other);
    onLanguage?.();
  };
  return (
    <div className="tastes">
      <button type="button" onClick={turn} lang={languageNow() === "en" ? "zh-CN" : "en"}>
        {t("taste.other")}
      </button>
      <select
        aria-label={t("taste.theme")}
        value={theme}
        onChange={(event) =>
          setTheme(event.target.value === "light" || event.target.value === "dark" ? event.target.value : "auto")
        }
      >
        {(["auto", "light", "dark"] as const).map((one) => (
          <option key={one} value={one}>
            {t(`taste.${one}`)}
          </option>
        ))}
      </select>
    </div>
  );
}
