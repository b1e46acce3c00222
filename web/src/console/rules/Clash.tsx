import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { Dialog } from "../parts/Dialog";
import { useDraft, useRulebook, useStaffName } from "./rulebook";
import { useWhen } from "./when";

/** Somebody else saved the draft while we changed it: who, when, and whose changes stay. */
export function Clash() {
  const { t } = useTranslation();
  const { keeper } = useRulebook();
  const { clash } = useDraft();
  const nameOf = useStaffName();
  const when = useWhen();
  if (clash === null) return null;
  return (
    <Dialog title={t("rules.clash.title")}>
      <div className="rules-clash">
        <p>{t("rules.clash.who", { name: nameOf(clash.author), time: clash.at === null ? "" : when(clash.at) })}</p>
        {(["mine", "theirs"] as const).map((whose) => (
          <div key={whose}>
            <Button type={whose === "mine" ? "primary" : "default"} onClick={() => keeper.resolve(whose)}>
              {t(`rules.clash.${whose}`)}
            </Button>
            <p className="soft">{t(`rules.clash.${whose}How`)}</p>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
