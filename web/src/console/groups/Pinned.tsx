import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { mayDo } from "../../talk/may";
import { useChosen, useHub } from "../../ui/context";
import { useAsked, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { useGroup } from "./group";

/** What is pinned, by what it says as far as it was fetched; opened by a click. */
export function Pinned() {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const [open, setOpen] = useState(false);
  const pins = useAsked("GET /groups/{group}/pins", { path: { group: group.id } });
  const messages = useChosen((state) => state.talks[group.id]?.messages);
  const items = pins.value?.items ?? [];
  if (items.length === 0) return null;
  const unpin = (seq: number) =>
    doing.run(async () => {
      await hub.ask("DELETE /groups/{group}/pins/{seq}", { path: { group: group.id, seq } });
      await stale("GET /groups/{group}/pins");
    });
  return (
    <details className="pinned" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("groups.pins.title", { count: items.length })}</summary>
      <ul>
        {items.map(({ seq }) => {
          const message = messages?.find((one) => one.seq === seq);
          return (
            <li key={seq}>
              <span className="grow">
                {message === undefined
                  ? t("groups.pins.earlier", { seq })
                  : `${message.author.name}: ${message.fallback}`}
              </span>
              {mayDo(group.role, "pin") && (
                <Button
                  size="small"
                  disabled={doing.busy}
                  aria-label={t("groups.pins.unpinWhich", { seq })}
                  onClick={() => void unpin(seq)}
                >
                  {t("groups.pins.unpin")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}
