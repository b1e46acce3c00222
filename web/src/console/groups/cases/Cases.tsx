import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { CaseView } from "../../../wire";
import { usePages, useStale } from "../../parts/asked";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Nothing } from "../../parts/Nothing";
import { usePerson, usePlace } from "../../person";
import { told } from "../time";
import { Decide } from "./Decide";
import { Evidence } from "./Evidence";
import { Undo } from "./Undo";

const STATES = ["open", "claimed", "decided"] as const;

/** What speaks against people, the weightiest case first: read, claimed, decided, undone. */
export function Cases() {
  const { t } = useTranslation();
  const place = usePlace();
  const [state, setState] = useState<(typeof STATES)[number]>("open");
  const list = usePages("GET /accounts/{account}/cases", { path: { account: place.id }, query: { state, limit: 50 } });
  return (
    <div className="stack">
      <div className="form-acts">
        <select
          className="plain-select"
          aria-label={t("groups.cases.which")}
          value={state}
          onChange={(event) => setState(STATES.find((one) => one === event.target.value) ?? "open")}
        >
          {STATES.map((one) => (
            <option key={one} value={one}>
              {t(`groups.cases.state.${one}`)}
            </option>
          ))}
        </select>
        <span className="soft">{t("groups.cases.says")}</span>
      </div>
      {list.fault !== null && <Failed fault={list.fault} again={list.again} />}
      {list.known && list.items.length === 0 ? (
        <Nothing what={t("groups.cases.none")} next={t("groups.cases.noneNext")} />
      ) : (
        <ul className="rows" aria-label={t("groups.view.cases")}>
          {list.items.map((one) => (
            <Row key={one.id} one={one} />
          ))}
        </ul>
      )}
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
    </div>
  );
}

function Row({ one }: { one: CaseView }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const { offender, decision } = one;
  const name = offender.name ?? t("groups.cases.nobody");
  return (
    <li className="case">
      <div className="grow">
        <p>
          <strong>{name}</strong>
          {Object.entries(one.counts).map(([kind, count]) => (
            <Tag key={kind} className="role-tag">
              {t(`groups.cases.kind.${kind}`, { defaultValue: kind })} {count}
            </Tag>
          ))}
        </p>
        <p className="soft">
          {t("groups.cases.about", {
            reporters: one.reporters,
            posts: offender.posts,
            sanctions: offender.sanctions,
            at: told(one.latest_at, i18n.language),
          })}
        </p>
        {one.latest.slice(0, 2).map((signal) => (
          <p key={signal.id} className="text-as-written">
            {signal.text}
          </p>
        ))}
        {decision !== null && (
          <p>
            {t(`groups.cases.done.${decision.act}`)} ·{" "}
            {decision.by.id === "system" ? t("groups.appeals.byHub") : decision.by.name} · {decision.reason}
            {decision.undone_by !== null && ` · ${t("groups.cases.undone", { name: decision.undone_by.name })}`}
          </p>
        )}
      </div>
      <CaseActs one={one} name={name} open={open} onOpen={() => setOpen(!open)} />
      {open && <Evidence id={one.id} />}
    </li>
  );
}

function CaseActs({ one, name, open, onOpen }: { one: CaseView; name: string; open: boolean; onOpen: () => void }) {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const { session } = usePerson();
  const doing = useDoing();
  const [asking, setAsking] = useState<"decide" | "undo" | null>(null);
  const mine = one.claim?.by.id === session.person.id;
  const move = (operation: "POST /cases/{case}/claim" | "POST /cases/{case}/release") =>
    doing.run(async () => {
      await hub.ask(operation, { path: { case: one.id } });
      await stale("GET /accounts/{account}/cases");
    });
  return (
    <div className="row-acts">
      <Button aria-expanded={open} onClick={onOpen} aria-label={t("groups.cases.evidenceOf", { name })}>
        {t("groups.cases.evidence")}
      </Button>
      {one.claim !== null && !mine && (
        <small className="soft">
          {t("groups.cases.held", { name: one.claim.by.name, at: told(one.claim.until, i18n.language) })}
        </small>
      )}
      {one.state === "open" && (
        <Button disabled={doing.busy} onClick={() => void move("POST /cases/{case}/claim")}>
          {t("groups.cases.claim")}
        </Button>
      )}
      {one.state === "claimed" && mine && (
        <>
          <Button disabled={doing.busy} onClick={() => void move("POST /cases/{case}/release")}>
            {t("groups.cases.release")}
          </Button>
          <Button type="primary" onClick={() => setAsking("decide")}>
            {t("groups.cases.decide")}
          </Button>
        </>
      )}
      {one.state === "decided" && one.decision?.undone_at === null && (
        <Button danger onClick={() => setAsking("undo")}>
          {t("groups.cases.undo")}
        </Button>
      )}
      {asking === "decide" && <Decide one={one} name={name} onDone={() => setAsking(null)} />}
      {asking === "undo" && <Undo id={one.id} onDone={() => setAsking(null)} />}
    </div>
  );
}
