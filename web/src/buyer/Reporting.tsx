import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Stance, StanceProvider, useStance } from "../talk/stance";
import { useChosen } from "../ui/context";
import type { WireMessage } from "../wire";
import { type Judge, ReportDialog, type Why } from "./Report";

interface ReportingProps {
  /** Whose matter it is what somebody wrote. */
  judge: (message: WireMessage) => Judge;
  send: (seq: number, reason: Why, note: string) => Promise<unknown>;
  children: ReactNode;
}

/** Around the messages of a conversation: what others wrote there can be reported from its menu. */
export function Reporting({ judge, send, children }: ReportingProps) {
  const { t } = useTranslation();
  const base = useStance();
  const me = useChosen((state) => state.me?.id ?? "");
  const [message, setMessage] = useState<WireMessage | null>(null);
  const stance = useMemo<Stance>(
    () => ({
      ...base,
      acts: (one) =>
        one.author.id === me
          ? base.acts(one)
          : [...base.acts(one), { label: t("report.act"), act: () => setMessage(one) }],
    }),
    [base, me, t],
  );
  return (
    <StanceProvider value={stance}>
      {children}
      {message !== null && (
        <ReportDialog
          what={`${message.author.name}${t("colon")}${message.fallback}`}
          to={judge(message)}
          send={(reason, note) => send(message.seq, reason, note)}
          onClose={() => setMessage(null)}
        />
      )}
    </StanceProvider>
  );
}
