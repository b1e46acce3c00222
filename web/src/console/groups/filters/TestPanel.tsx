import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { FilterExample, FilterTested, ListDraft } from "../../../wire";
import { Failed } from "../../parts/Failed";
import { told } from "../time";
import { Marked, Signals } from "./Marked";
import type { Scope } from "./scope";
import { useTest } from "./useTest";

const DAYS = [1, 7, 14, 30] as const;
/** From the mildest; `pass` and `shadow` change nothing for members. */
const FATES = ["pass", "shadow", "mask", "review", "block"] as const;

/** What the list that is being written would do to what members wrote in the last days. */
export function TestPanel({
  scope,
  replaces,
  written,
}: {
  scope: Scope;
  /** The list in whose place it is tried, where it is not a new one. */
  replaces: string | null;
  written: () => ListDraft;
}) {
  const { t } = useTranslation();
  const [days, setDays] = useState<number>(7);
  const { busy, stopped, tested, fault, start, stop } = useTest(scope);
  const begin = () => {
    const list = written();
    start({ list: { ...list, name: list.name || t("groups.tested.unnamed") }, replaces, days });
  };
  return (
    <section className="panel" aria-label={t("groups.tested.title")}>
      <h2>{t("groups.tested.title")}</h2>
      <p className="soft">{t("groups.tested.says")}</p>
      <div className="form-acts">
        <select
          className="plain-select"
          aria-label={t("groups.tested.days")}
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        >
          {DAYS.map((count) => (
            <option key={count} value={count}>
              {t("groups.tested.lastDays", { count })}
            </option>
          ))}
        </select>
        {busy ? (
          <Button onClick={stop}>{t("groups.tested.stop")}</Button>
        ) : (
          <Button onClick={begin}>{t("groups.tested.start")}</Button>
        )}
      </div>
      <div role="status">
        {busy && <p className="soft">{t("groups.tested.running")}</p>}
        {stopped && <p className="soft">{t("groups.tested.stopped")}</p>}
        {tested !== null && <Summary tested={tested} />}
      </div>
      {fault !== null && <Failed fault={fault} />}
      {tested !== null && tested.hits > 0 && <Examples examples={tested.examples} />}
    </section>
  );
}

function Summary({ tested }: { tested: FilterTested }) {
  const { t, i18n } = useTranslation();
  if (tested.messages === 0) return <p>{t("groups.tested.nobody")}</p>;
  const share = tested.share.toLocaleString(i18n.language, { style: "percent", maximumFractionDigits: 2 });
  return (
    <div className="tested">
      <p>
        <strong>
          {tested.hits === 0 ? t("groups.tested.none") : t("groups.tested.hits", { count: tested.hits, share })}
        </strong>{" "}
        <span className="soft">
          {t("groups.tested.looked", { count: tested.messages, since: told(tested.since, i18n.language) })}
        </span>
      </p>
      {!tested.complete && <p className="fault">{t("groups.tested.cut")}</p>}
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{t("groups.tested.fate")}</th>
            <th scope="col">{t("groups.tested.before")}</th>
            <th scope="col">{t("groups.tested.after")}</th>
          </tr>
        </thead>
        <tbody>
          {FATES.map((fate) => (
            <tr key={fate}>
              <th scope="row">{t(`groups.filters.verdict.${fate}`)}</th>
              <td>{tested.before[fate] ?? 0}</td>
              <td>{tested.after[fate] ?? 0}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Examples({ examples }: { examples: readonly FilterExample[] }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <h3>{t("groups.tested.examples")}</h3>
      <ul className="rows short" aria-label={t("groups.tested.examples")} tabIndex={0}>
        {examples.map((one) => (
          <li key={`${one.conversation} ${one.seq}`}>
            <div className="grow evidence">
              <p className="soft">
                {told(one.at, i18n.language)} ·{" "}
                {t(`groups.filters.verdict.${one.action}`, { defaultValue: one.action })}
              </p>
              <Marked text={one.text} signals={one.signals} />
              <Signals signals={one.signals} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
