import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Stance, StanceProvider, useStance } from "../../talk/stance";
import { useChosen } from "../../ui/context";
import type { GroupView, WireMessage } from "../../wire";
import { measuresFor, roleOfAuthor, type Somebody } from "./against";
import { Tend } from "./Tend";

/** Around the messages of a group: who moderates it acts on those who wrote them from their menu. */
export function Tending({ view, children }: { view: GroupView; children: ReactNode }) {
  const { t } = useTranslation();
  const base = useStance();
  const me = useChosen((state) => state.me?.id ?? "");
  const [message, setMessage] = useState<WireMessage | null>(null);
  const { role } = view;
  const stance = useMemo<Stance>(
    () => ({
      ...base,
      acts: (one) =>
        measuresFor(role, authorOf(one), me).length === 0
          ? base.acts(one)
          : [...base.acts(one), { label: t("tend.act"), act: () => setMessage(one) }],
    }),
    [base, me, role, t],
  );
  return (
    <StanceProvider value={stance}>
      {children}
      {message !== null && (
        <Tend view={view} person={authorOf(message)} said={message} onClose={() => setMessage(null)} />
      )}
    </StanceProvider>
  );
}

function authorOf({ author }: WireMessage): Somebody {
  return { id: author.id, name: author.name, role: roleOfAuthor(author.role) };
}
