import { useTranslation } from "react-i18next";

import { Icon } from "../../ui/icons";
import type { GroupView } from "../../wire";
import { useMoment } from "../../talk/time";
import { Appeal } from "./Appeal";

/** What keeps somebody from writing for a time. */
export interface Bar {
  what: "muted" | "silent";
  until: string;
  reason: string;
}

/** One's own mute, else that of everyone; whether it still holds is for the clock to say. */
export function barOf(view: GroupView): Bar | null {
  const mine = view.membership;
  const { silent_until: silent, silent_reason: why } = view.order;
  const own: Bar | null =
    mine === null || mine.muted_until === null
      ? null
      : { what: "muted", until: mine.muted_until, reason: mine.mute_reason };
  const all: Bar | null =
    silent === null || view.role !== "member" ? null : { what: "silent", until: silent, reason: why };
  if (own === null || all === null) return own ?? all;
  return Date.parse(own.until) >= Date.parse(all.until) ? own : all;
}

/** In the place of where one writes: until when one may not, and why; against one's own mute one can appeal. It goes by itself. */
export function Barred({ bar, group }: { bar: Bar; group: GroupView }) {
  const { t } = useTranslation();
  const moment = useMoment();
  return (
    <div className="composer barred" role="status">
      <Icon name="hush" />
      <div>
        <p className="barred-what">{t(`barred.${bar.what}`, { time: moment(bar.until) })}</p>
        {bar.reason !== "" && <p>{t("barred.reason", { reason: bar.reason })}</p>}
        <p className="soft">{t("barred.back")}</p>
        {bar.what === "muted" && (
          <Appeal
            key={`${bar.until} ${bar.reason}`}
            group={group.id}
            account={group.account}
            against={{ kind: "mute", until: bar.until, reason: bar.reason }}
          />
        )}
      </div>
    </div>
  );
}
