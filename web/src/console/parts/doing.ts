import { App } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf, type HubFault } from "../../hub/fault";

/** Something a person does: whether it is under way, and what the hub said against it. */
export interface Doing {
  busy: boolean;
  /** The fault of the last try, for a form that shows it beside its fields. */
  fault: HubFault | null;
  /**
   * Do it. A success is told only after the hub has answered; a fault is told at once, unless `quiet`.
   * Whether it was done.
   */
  run: (work: () => Promise<unknown>, told?: { done?: string; quiet?: boolean }) => Promise<boolean>;
  forget: () => void;
}

export function useDoing(): Doing {
  const { message } = App.useApp();
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<HubFault | null>(null);
  const run = useCallback<Doing["run"]>(
    async (work, told = {}) => {
      setBusy(true);
      setFault(null);
      try {
        await work();
        if (told.done !== undefined) void message.success(told.done);
        return true;
      } catch (thrown) {
        if (thrown instanceof DOMException && thrown.name === "AbortError") return false;
        const found = faultOf(thrown);
        setFault(found);
        if (told.quiet !== true) void message.error(found.fault?.message ?? t("lost"));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [message, t],
  );
  const forget = useCallback(() => setFault(null), []);
  return { busy, fault, run, forget };
}
