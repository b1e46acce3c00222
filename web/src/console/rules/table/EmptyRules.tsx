import { useTranslation } from "react-i18next";

import { Nothing } from "../../parts/Nothing";
import { NewRule } from "../editor/NewRule";
import { Packs } from "../files/Packs";
import { pageHref } from "../places";
import { useRulebook } from "../rulebook";

/** Where there are no rules yet: a ready set by one button, a file, or the first rule by hand. */
export function EmptyRules() {
  const { t } = useTranslation();
  const { account, mayEdit } = useRulebook();
  return (
    <div className="rules-empty">
      <Nothing what={t("rules.table.empty")} next={t("rules.table.emptyHow")}>
        {mayEdit && (
          <span className="rules-row">
            <NewRule />
            <a href={pageHref(account, "files")}>{t("rules.files.import")}</a>
          </span>
        )}
      </Nothing>
      {mayEdit && <Packs />}
    </div>
  );
}
