import { useTranslation } from "react-i18next";

import { Avatar } from "../../talk/Avatar";
import { useClock, useDate, useDay } from "../../talk/time";
import { Failed } from "../parts/Failed";
import { useAsked, usePages } from "../parts/asked";
import { usePlace } from "../person";
import { Notes } from "./Notes";
import { Tags } from "./Tags";

/** What is known of a buyer: who they are, tags, notes, what happened at the desk. */
export function Side({ person, conversation }: { person: string; conversation: string }) {
  return (
    <div className="desk-facts">
      <Profile person={person} />
      <Tags person={person} />
      <Notes person={person} />
      <Past conversation={conversation} />
    </div>
  );
}

function Profile({ person }: { person: string }) {
  const { t } = useTranslation();
  const date = useDate();
  const place = usePlace();
  const asked = useAsked("GET /accounts/{account}/followers/{person}/profile", {
    path: { account: place.handle, person },
  });
  if (asked.value === null)
    return asked.fault === null ? (
      <p className="soft" role="status">
        {t("loading")}
      </p>
    ) : (
      <Failed fault={asked.fault} again={asked.again} />
    );
  const { person: buyer, following_since, source, first_at, messages, calls } = asked.value;
  return (
    <section>
      <div className="desk-profile">
        <Avatar name={buyer.name} src={buyer.avatar} size={52} />
        <div>
          <h3>{buyer.name}</h3>
          <p className="soft desk-id">{buyer.id}</p>
        </div>
      </div>
      <dl>
        <div>
          <dt>{t("desk.follows")}</dt>
          <dd>{following_since === null ? t("desk.followsNot") : date(following_since)}</dd>
        </div>
        {source !== "" && (
          <div>
            <dt>{t("desk.source")}</dt>
            <dd>{source}</dd>
          </div>
        )}
        {first_at !== null && (
          <div>
            <dt>{t("desk.firstAt")}</dt>
            <dd>{date(first_at)}</dd>
          </div>
        )}
        <div>
          <dt>{t("desk.counts")}</dt>
          <dd>{t("desk.countsOf", { messages, calls })}</dd>
        </div>
      </dl>
    </section>
  );
}

/** What happened to the conversation at the desk. */
function Past({ conversation }: { conversation: string }) {
  const { t } = useTranslation();
  const day = useDay();
  const clock = useClock();
  const moves = usePages("GET /conversations/{conversation}/moves", { path: { conversation }, query: { limit: 10 } });
  if (moves.known && moves.items.length === 0) return null;
  return (
    <section>
      <h3>{t("desk.past")}</h3>
      {moves.fault !== null && <Failed fault={moves.fault} again={moves.again} />}
      <ul className="desk-past">
        {moves.items.map((one, at) => (
          <li key={`${one.at}-${at}`}>
            <time className="soft" dateTime={one.at}>
              {day(one.at) === clock(one.at) ? clock(one.at) : `${day(one.at)} ${clock(one.at)}`}
            </time>
            <span>
              {t(`desk.move.${one.move}`, {
                by: one.by?.name ?? t("desk.hub"),
                to: one.operator?.name ?? t("desk.team"),
              })}
              {one.waited_s !== null && ` · ${t("desk.waitedFor", { count: one.waited_s })}`}
            </span>
          </li>
        ))}
      </ul>
      {moves.more !== null && (
        <button type="button" className="link" onClick={moves.more}>
          {t("console.more")}
        </button>
      )}
    </section>
  );
}
