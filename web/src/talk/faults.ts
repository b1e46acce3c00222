import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { faultOf } from "../hub/fault";
import type { Fault } from "../wire";
import { useMoment } from "./time";

/** What the hub refused, as sentences: what happened, why, and until when. */
export function useFaultSaid(): (fault: Fault | null) => string {
  const { t } = useTranslation();
  const moment = useMoment();
  return useMemo(() => (fault) => said(fault, t, moment), [t, moment]);
}

/** As `useFaultSaid`, of what was thrown. */
export function useThrownSaid(): (thrown: unknown) => string {
  const say = useFaultSaid();
  return useMemo(() => (thrown) => say(faultOf(thrown).fault), [say]);
}

function said(fault: Fault | null, t: TFunction, moment: (at: string) => string): string {
  if (fault === null || (fault.message === "" && fault.code !== "blocked")) return t("lost");
  const message = fault.message === "" ? t("chat.refused") : fault.message;
  const more: string[] = [];
  const { until, reason, resets_at: resets, retry_after: wait } = fault;
  if (typeof until === "string") more.push(t("group.until", { time: moment(until) }));
  if (typeof reason === "string" && reason !== "") more.push(t("group.reason", { reason }));
  if (typeof resets === "string") more.push(t("barred.again", { time: moment(resets) }));
  if (fault.code === "slow_mode" && typeof wait === "number") more.push(t("barred.slow", { wait: waitSaid(wait, t) }));
  return more.length === 0 ? message : `${message} ${more.join(t("comma"))}`;
}

/** A length of time as people say it; the next larger whole number of what it is counted in. */
export function waitSaid(seconds: number, t: TFunction): string {
  if (seconds < 120) return t("barred.wait.s", { count: Math.max(1, Math.ceil(seconds)) });
  if (seconds < 7_200) return t("barred.wait.m", { count: Math.ceil(seconds / 60) });
  return t("barred.wait.h", { count: Math.ceil(seconds / 3_600) });
}
