import { Input } from "antd";
import { useTranslation } from "react-i18next";

import type { OrderChanges, OrderView } from "../../wire";
import { Field } from "../parts/Field";

type Sort = "flood" | "repeat" | "raid";

/** The numbers of each guard, all of them, as the wire has them. */
export type Tempi = Record<Sort, Record<string, number>>;

interface Limit {
  key: string;
  /** What it is where nobody said otherwise. */
  usual: number;
  least: number;
  most: number;
  /** Whether 0 switches the guard off. */
  switches?: boolean;
}

/** As in bot/model/tempo.py; the hub decides, this only keeps people from what it would refuse. */
const LIMITS: Record<Sort, readonly Limit[]> = {
  flood: [
    { key: "messages", usual: 20, least: 0, most: 1_000, switches: true },
    { key: "seconds", usual: 10, least: 1, most: 3_600 },
    { key: "mute_after", usual: 3, least: 0, most: 100 },
    { key: "mute_s", usual: 600, least: 60, most: 2_592_000 },
  ],
  repeat: [
    { key: "messages", usual: 3, least: 0, most: 100, switches: true },
    { key: "newcomers", usual: 5, least: 0, most: 1_000, switches: true },
    { key: "seconds", usual: 120, least: 1, most: 3_600 },
    { key: "minutes", usual: 1_440, least: 0, most: 10_080 },
  ],
  raid: [
    { key: "joins", usual: 60, least: 0, most: 20_000, switches: true },
    { key: "seconds", usual: 60, least: 1, most: 3_600 },
    { key: "minutes", usual: 15, least: 1, most: 10_080 },
  ],
};

const SORTS = ["flood", "repeat", "raid"] as const satisfies readonly Sort[];

/** Guards that count: each with a switch, and its numbers while it is on. */
export function Tempo({
  value,
  over,
  onChange,
}: {
  value: Tempi;
  over: boolean;
  onChange: (some: Partial<Tempi>) => void;
}) {
  return SORTS.map((sort) => (
    <Guard
      key={sort}
      sort={sort}
      value={value[sort]}
      over={over}
      onChange={(numbers) => onChange({ [sort]: { ...value[sort], ...numbers } })}
    />
  ));
}

function Guard({
  sort,
  value,
  over,
  onChange,
}: {
  sort: Sort;
  value: Record<string, number>;
  over: boolean;
  onChange: (numbers: Record<string, number>) => void;
}) {
  const { t, i18n } = useTranslation();
  const said = (number: number) => number.toLocaleString(i18n.language);
  const switches = LIMITS[sort].filter((limit) => limit.switches === true);
  const on = switches.some(({ key }) => (value[key] ?? 0) > 0);
  const turn = (to: boolean) => onChange(Object.fromEntries(switches.map(({ key, usual }) => [key, to ? usual : 0])));
  return (
    <fieldset className="choice-list">
      <legend>{t(`groups.tempo.${sort}.title`)}</legend>
      <label>
        <input type="checkbox" checked={on} disabled={over} onChange={(event) => turn(event.target.checked)} />
        <span>
          {t(`groups.tempo.${sort}.on`)}
          <small>{t(`groups.tempo.${sort}.says`)}</small>
        </span>
      </label>
      {on && (
        <div className="form-row">
          {LIMITS[sort].map(({ key, least, most }) => (
            <Field
              key={key}
              label={t(`groups.tempo.${sort}.${key}`)}
              hint={t(least === 0 ? "groups.tempo.limitsNever" : "groups.tempo.limits", {
                least: said(least),
                most: said(most),
              })}
            >
              <Input
                type="number"
                required
                min={least}
                max={most}
                value={value[key]}
                disabled={over}
                onChange={(event) => onChange({ [key]: Number(event.target.value) })}
              />
            </Field>
          ))}
        </div>
      )}
    </fieldset>
  );
}

/** The hub leaves out what is as usual. */
export function tempiOf(order: OrderView): Tempi {
  const all = (sort: Sort) => {
    const said: Record<string, number | undefined> = { ...order[sort] };
    return Object.fromEntries(LIMITS[sort].map(({ key, usual }) => [key, said[key] ?? usual]));
  };
  return { flood: all("flood"), repeat: all("repeat"), raid: all("raid") };
}

/** Only what differs: saying anew what a raid is ends the guard against one that is on. */
export function tempoChanges(value: Tempi, before: Tempi): OrderChanges {
  const differs = (sort: Sort) => LIMITS[sort].some(({ key }) => value[sort][key] !== before[sort][key]);
  return Object.fromEntries(SORTS.filter(differs).map((sort) => [sort, value[sort]]));
}
