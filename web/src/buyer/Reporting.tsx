import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Stance, StanceProvider, useStance } from "../../talk/stance";
import { useChosen, useHub } from "../../ui/context";
import type { WireMessage } from "../../wire";
import { ReportDialog, type Why } from "../Report";

/** Around the messages of a group: what others wrote there can be reported from its menu. */
export function Reporting({ group, children }: { group: string; children: ReactNode }) {
  const { t } = useTranslation();
  const hub = useHub();
  const base = useStance();
  const me = useChosen((state) => state.me?.id ?? "");
  const [message, setMessage] = useState<WireMessage | null>(null);
  const stance = useMemo<Stance>(
    () => ({
      ...base,
      acts: (one) =>
        one.author.id === me || one.author.role === "bot"
          ? base.acts(one)
          : [...base.acts(one), { label: t("report.act"), act: () => setMessage(one) }],
    }),
    [base, me, t],
  );
  const send = (reason: Why, note: string) =>
    hub.ask("POST /groups/{group}/reports", { path: { group }, body: { seq: message?.seq ?? null, reason, note } });
  return (
    <StanceProvider value={stance}>
      {children}
      {message !== null && (
        <ReportDialog
          what={`${message.author.name}：${message.fallback}`}
          send={send}
          onClose={() => setMessage(null)}
        />
      )}
    </StanceProvider>
  );
}
