import { useTranslation } from "react-i18next";

import { ruleHref } from "../places";
import { useKept, useRulebook } from "../rulebook";

/** What was being written when one left it: here it is again. */
export function Unsaved() {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const written = Object.values(useKept());
  if (written.length === 0) return null;
  return (
    <p className="rules-note" role="status">
      {t("rules.table.unsavedRules", { count: written.length })}
      {written.map(({ rule }) => (
        <a key={rule.id} href={ruleHref(account, rule.id)}>
          {rule.name === "" ? t("rules.table.new") : rule.name}
        </a>
      ))}
    </p>
  );
}
