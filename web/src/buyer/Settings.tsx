import { useTranslation } from "react-i18next";

import { forgetBuyer, setting } from "../hub/host";
import { useChosen } from "../ui/context";
import { Icon } from "../ui/icons";
import { hrefOf } from "../ui/route";
import { Tastes } from "../ui/Tastes";
import { Notices } from "./Notices";

/** Who one is, language, appearance. */
export function Settings({ onLanguage }: { onLanguage: () => void }) {
  const { t } = useTranslation();
  const me = useChosen((state) => state.me);
  return (
    <main className="page">
      <header className="bar">
        <a className="icon-button only-phone" href={hrefOf()} aria-label={t("back")}>
          <Icon name="back" />
        </a>
        <h1>{t("settings.title")}</h1>
      </header>
      <div className="page-body">
        {me !== null && <p>{t("settings.signedIn", { name: me.name })}</p>}
        <Tastes onLanguage={onLanguage} />
        <Notices />
        {setting("demo") === "yes" && (
          <a className="button" href="/demo" onClick={forgetBuyer}>
            {t("settings.demo")}
          </a>
        )}
      </div>
    </main>
  );
}
