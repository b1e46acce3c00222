import { useTranslation } from "react-i18next";

import { useRulebook } from "../rulebook";
import { Export } from "./Export";
import { Import } from "./Import";
import { Packs } from "./Packs";

/** Rules as files, in and out, and the sets that come with the program. */
export function Files() {
  const { t } = useTranslation();
  const { mayEdit } = useRulebook();
  return (
    <div className="files">
      {mayEdit && (
        <section>
          <h2>{t("rules.files.import")}</h2>
          <p className="soft">{t("rules.files.importHow")}</p>
          <Import />
        </section>
      )}
      <section>
        <h2>{t("rules.files.export")}</h2>
        <p className="soft">{t("rules.files.exportHow")}</p>
        <Export />
      </section>
      {mayEdit && (
        <section>
          <h2>{t("rules.packs.title")}</h2>
          <Packs />
        </section>
      )}
    </div>
  );
}
