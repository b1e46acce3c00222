import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { useAsked, useStale } from "../parts/asked";
import { useConfirm } from "../parts/confirm";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Nothing } from "../parts/Nothing";
import { usePlace } from "../person";

/** The tags that followers were given, by operators and by rules. */
export function Tags() {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const confirm = useConfirm();
  const place = usePlace();
  const doing = useDoing();
  const asked = useAsked("GET /accounts/{account}/tags", { path: { account: place.id } });
  const forget = async (tag: string) => {
    const question = { title: t("account.tags.dropTitle", { tag }), text: t("account.tags.dropSays") };
    if (!(await confirm({ ...question, does: t("console.remove") }))) return;
    await doing.run(async () => {
      await hub.ask("DELETE /accounts/{account}/tags/{tag}", { path: { account: place.id, tag } });
      await stale("GET /accounts/{account}/tags");
    });
  };
  if (asked.fault !== null) return <Failed fault={asked.fault} again={asked.again} />;
  if (asked.value?.items.length === 0) {
    return <Nothing what={t("account.tags.none")} next={t("account.tags.says")} />;
  }
  return (
    <div className="stack">
      <p className="soft">{t("account.tags.says")}</p>
      <ul className="rows" aria-label={t("account.view.tags")}>
        {asked.value?.items.map(({ tag, at }) => (
          <li key={tag}>
            <strong className="grow">{tag}</strong>
            <span className="soft">
              {t("account.tags.since", { day: new Date(at).toLocaleDateString(i18n.language) })}
            </span>
            {place.role === "owner" && (
              <div className="row-acts">
                <Button
                  danger
                  disabled={doing.busy}
                  onClick={() => void forget(tag)}
                  aria-label={t("account.dropWhat", { what: tag })}
                >
                  {t("console.remove")}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
