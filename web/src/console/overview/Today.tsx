import { useTranslation } from "react-i18next";

import type { OverviewView } from "../../wire";
import { inWords, secondsSince } from "./spans";

const FOLLOWED_UPTO = 10_000;

/** Five figures of today. */
export function Today({ seen }: { seen: OverviewView }) {
  const { t } = useTranslation();
  const today = seen.days.at(-1);
  const heard = today?.heard ?? 0;
  const answered = today?.answered ?? 0;
  const longest = seen.waiting_since === null ? null : secondsSince(seen.waiting_since, seen.at);
  return (
    <dl className="figures" aria-label={t("overview.today")}>
      <Figure
        name={t("overview.waiting")}
        value={String(seen.waiting)}
        note={longest === null ? t("overview.nobodyWaits") : t("overview.waitingSince", { wait: inWords(t, longest) })}
        urgent={seen.waiting > 0}
      />
      <Figure name={t("overview.held")} value={String(seen.held)} />
      <Figure
        name={t("overview.first")}
        value={seen.median_wait_s === null ? "–" : inWords(t, seen.median_wait_s)}
        note={
          seen.longest_wait_s === null
            ? t("overview.firstNone")
            : t("overview.firstTaken", { count: seen.taken, longest: inWords(t, seen.longest_wait_s) })
        }
      />
      <Figure
        name={t("overview.share")}
        value={heard === 0 ? "–" : `${Math.round((100 * answered) / heard)}%`}
        note={
          heard === 0
            ? t("overview.shareNone")
            : t("overview.shareOf", { heard, answered, unanswered: today?.unanswered ?? 0 })
        }
      />
      <Figure
        name={t("overview.followed")}
        value={seen.followed >= FOLLOWED_UPTO ? t("overview.many", { count: FOLLOWED_UPTO }) : String(seen.followed)}
      />
    </dl>
  );
}

function Figure({
  name,
  value,
  note,
  urgent = false,
}: {
  name: string;
  value: string;
  note?: string;
  urgent?: boolean;
}) {
  return (
    <div className="figure" data-urgent={urgent}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        {note !== undefined && <span className="soft">{note}</span>}
      </dd>
    </div>
  );
}
