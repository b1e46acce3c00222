import { Button, Tag } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { AppealView } from "../../../wire";
import { useAsked, usePages, useStale } from "../../parts/asked";
import { Failed } from "../../parts/Failed";
import { Nothing } from "../../parts/Nothing";
import { usePerson, usePlace } from "../../person";
import { told } from "../time";
import { Ruling } from "./Ruling";
import { Thread } from "./Thread";

const STATES = ["open", "upheld", "lifted"] as const;

/** Who says that they are muted or banned wrongly, the longest wait first: read, answered, decided. */
export function Appeals() {
  const { t } = useTranslation();
  const place = usePlace();
  const [state, setState] = useState<(typeof STATES)[number]>("open");
  const path = { account: place.id };
  const list = usePages("GET /accounts/{account}/appeals", { path, query: { state, limit: 50 } });
  const staff = useAsked("GET /accounts/{account}/staff", { path });
  useFresh();
  const names = new Map(staff.value?.items.map(({ person }) => [person.id, person.name]));
  return (
    <div className="stack">
      <div className="form-acts">
        <select
          className="plain-select"
          aria-label={t("groups.appeals.which")}
          value={state}
          onChange={(event) => setState(STATES.find((one) => one === event.target.value) ?? "open")}
        >
          {STATES.map((one) => (
            <option key={one} value={one}>
              {t(`groups.appeals.state.${one}`)}
            </option>
          ))}
        </select>
        <span className="soft">{t("groups.appeals.says")}</span>
      </div>
      {list.fault !== null && <Failed fault={list.fault} again={list.again} />}
      {list.known && list.items.length === 0 ? (
        <Nothing what={t(`groups.appeals.none.${state}`)} next={t("groups.appeals.noneNext")} />
      ) : (
        <ul className="rows" aria-label={t("groups.view.appeals")}>
          {list.items.map((one) => (
            <Row key={one.id} one={one} by={one.imposed_by === null ? undefined : names.get(one.imposed_by)} />
          ))}
        </ul>
      )}
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
    </div>
  );
}

/** Both sides hear of each other by a notice; what is shown is asked for again then. */
function useFresh(): void {
  const hub = useHub();
  const stale = useStale();
  useEffect(
    () =>
      hub.hear((fact) => {
        if (fact.event !== "notice" || fact.data.kind !== "appeal") return;
        void stale("GET /accounts/{account}/appeals", "GET /appeals/{appeal}/messages");
      }),
    [hub, stale],
  );
}

/** `by`: whose hand the sanction is, where that is one of the staff as it is now. */
function Row({ one, by }: { one: AppealView; by: string | undefined }) {
  const { t, i18n } = useTranslation();
  const { session } = usePerson();
  const [open, setOpen] = useState(false);
  const [ruling, setRuling] = useState(false);
  const { against, person, decided } = one;
  const at = (moment: string) => told(moment, i18n.language);
  const until =
    against.until === null ? t("groups.sanctions.forGood") : t("groups.sanctions.until", { at: at(against.until) });
  const mine = one.imposed_by === session.person.id;
  return (
    <li className="case">
      <div className="grow">
        <p>
          <strong>{person.name}</strong>
          <Tag className="role-tag">{t(`groups.sanctions.${against.kind}`)}</Tag>
          <span>{until}</span>
        </p>
        <p className="text-as-written">{against.reason}</p>
        <p className="soft">
          {t("groups.appeals.about", {
            group: one.group_name,
            by: by ?? t(one.imposed_by === "system" ? "groups.appeals.byHub" : "groups.appeals.bySomebody"),
            at: at(against.at),
            since: at(one.at),
          })}
        </p>
        {one.state === "open" && mine && (
          <p className="soft">{t(one.sole ? "groups.appeals.sole" : "groups.appeals.own")}</p>
        )}
        {decided !== null && (
          <p className="text-as-written">
            {t(`groups.appeals.state.${one.state}`)} · {at(decided.at)} · {decided.reason}
          </p>
        )}
      </div>
      <div className="row-acts">
        <Button
          aria-expanded={open}
          aria-label={t("groups.appeals.readOf", { name: person.name })}
          onClick={() => setOpen(!open)}
        >
          {t("groups.appeals.read", { count: one.messages })}
        </Button>
        {one.may_judge && (
          <Button type="primary" onClick={() => setRuling(true)}>
            {t("groups.appeals.decide")}
          </Button>
        )}
      </div>
      {open && <Thread one={one} />}
      {ruling && <Ruling one={one} onDone={() => setRuling(false)} />}
    </li>
  );
}
