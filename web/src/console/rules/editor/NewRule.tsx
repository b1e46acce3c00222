import { Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import { Icon } from "../../../ui/icons";
import { blankRule, freshId } from "../model/rule";
import { ruleHref } from "../places";
import { useRulebook } from "../rulebook";

/** Begin a rule: it is written first, and in the draft once it is saved. */
export function NewRule() {
  const { t } = useTranslation();
  const { account, keeper, kept, mayEdit } = useRulebook();
  const begin = () => {
    const rule = blankRule(freshId(keeper.get().rules));
    kept.put(rule, null);
    globalThis.location.assign(ruleHref(account, rule.id));
  };
  return (
    <Tooltip title={mayEdit ? null : t("rules.onlyOwner")}>
      <Button type="primary" icon={<Icon name="plus" size={16} />} disabled={!mayEdit} onClick={begin}>
        {t("rules.table.new")}
      </Button>
    </Tooltip>
  );
}
