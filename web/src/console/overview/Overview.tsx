import "./overview.css";

import { Button } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { hrefOf } from "../../ui/route";
import { Failed } from "../parts/Failed";
import { Page } from "../parts/Page";
import { useAsked } from "../parts/asked";
import { usePlace } from "../person";
import { InVain } from "./InVain";
import { Today } from "./Today";
import { Week } from "./Week";

const EVERY_MS = 60_000;
/** Moves on the desk come in bursts; one look after each is enough. */
const SETTLED_MS = 800;

/** The account at a glance: read again each minute, and when the desk moves. */
export function Overview() {
  const { t, i18n } = useTranslation();
  const place = usePlace();
  const { value, fault, busy, again } = useAsked("GET /accounts/{account}/overview", {
    path: { account: place.handle },
  });
  useWhenTheDeskMoves(again);
  return (
    <Page
      title={t("overview.title")}
      actions={
        <>
          {value !== null && (
            <span className="soft overview-at">
              {t("overview.at", {
                time: new Date(value.at).toLocaleTimeString(i18n.language, { hour: "2-digit", minute: "2-digit" }),
              })}
            </span>
          )}
          <Button onClick={again} loading={busy}>
            {t("overview.fresh")}
          </Button>
          <Button type="primary" href={hrefOf(place.handle, "desk")}>
            {t("overview.openDesk")}
          </Button>
        </>
      }
    >
      {fault !== null && <Failed fault={fault} again={again} />}
      {value === null && fault === null && (
        <p className="loading" role="status">
          {t("loading")}
        </p>
      )}
      {value !== null && (
        <div className="overview">
          <Today seen={value} />
          <Week days={value.days} />
          <InVain questions={value.unanswered} />
        </div>
      )}
    </Page>
  );
}

/** Facts of the desk come while one watches a queue; without them the figures are a minute old at most. */
function useWhenTheDeskMoves(again: () => void): void {
  const hub = useHub();
  useEffect(() => {
    let soon: ReturnType<typeof setTimeout> | undefined;
    const each = setInterval(again, EVERY_MS);
    const deaf = hub.hear((fact) => {
      if (fact.event !== "desk") return;
      clearTimeout(soon);
      soon = setTimeout(again, SETTLED_MS);
    });
    return () => {
      deaf();
      clearInterval(each);
      clearTimeout(soon);
    };
  }, [hub, again]);
}
