import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { Account, Hours } from "../../wire";
import { useAsked, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Field, Form } from "../parts/Field";
import { SaveActs } from "../parts/Foot";
import { Choice } from "../parts/Inputs";
import { usePlace } from "../person";
import { type DayHours, holidaysOf, type Special, specialsOf, weeklyOf, weekOf } from "./hours";
import { Specials } from "./Specials";
import { Week } from "./Week";

const ZONE = "Asia/Shanghai";
const WORKDAYS: DayHours[] = Array.from({ length: 7 }, () => ["09:00-18:00"]);

/** When people are there: outside of it the rules of the layer "off hours" speak. */
export function HoursView() {
  const { t } = useTranslation();
  const place = usePlace();
  const [round, setRound] = useState(0);
  const asked = useAsked("GET /accounts/{account}", { path: { account: place.id } });
  if (asked.value === null) {
    return asked.fault === null ? <p className="soft">{t("loading")}</p> : <Failed {...asked} fault={asked.fault} />;
  }
  return <HoursForm key={round} account={asked.value} onStale={() => setRound(round + 1)} />;
}

interface Draft {
  zone: string;
  week: DayHours[] | null;
  specials: Special[];
}

function HoursForm({ account, onStale }: { account: Account; onStale: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const readOnly = usePlace().role !== "owner";
  const [version, setVersion] = useState(account.version);
  const [draft, setDraft] = useState<Draft>(() => draftOf(account.hours));
  const saving = useDoing();
  const save = () =>
    saving.run(
      async () => {
        const body = { hours: hoursOf(draft, account.hours) };
        const saved = await hub.ask("PATCH /accounts/{account}", { path: { account: account.id }, body, version });
        setVersion(saved.version);
        await stale("GET /accounts/{account}");
      },
      { done: t("console.saved"), quiet: true },
    );
  const reload = async () => {
    await stale("GET /accounts/{account}");
    onStale();
  };
  return (
    <Form label={t("account.view.hours")} onSend={() => void save()}>
      <Choice
        legend={t("account.hours.which")}
        value={draft.week === null ? "always" : "weekly"}
        disabled={readOnly}
        onChange={(which) => setDraft({ ...draft, week: which === "always" ? null : (draft.week ?? WORKDAYS) })}
        options={(["always", "weekly"] as const).map((which) => ({
          value: which,
          label: t(`account.hours.${which}`),
          says: t(`account.hours.${which}Says`),
        }))}
      />
      {draft.week !== null && (
        <>
          <Field label={t("account.hours.zone")} hint={t("account.hours.zoneHint")}>
            <input
              className="plain-input"
              list="zones"
              value={draft.zone}
              disabled={readOnly}
              onChange={(event) => setDraft({ ...draft, zone: event.target.value })}
            />
          </Field>
          <datalist id="zones">
            {Intl.supportedValuesOf("timeZone").map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <Week week={draft.week} readOnly={readOnly} onChange={(week) => setDraft({ ...draft, week })} />
          <Specials
            specials={draft.specials}
            readOnly={readOnly}
            onChange={(specials) => setDraft({ ...draft, specials })}
          />
        </>
      )}
      <SaveActs doing={saving} paths={[]} readOnly={readOnly} onStale={() => void reload()} />
      {readOnly && <p className="soft">{t("account.readOnly")}</p>}
    </Form>
  );
}

function draftOf(hours: Hours | null): Draft {
  if (hours === null) return { zone: ZONE, week: null, specials: [] };
  return { zone: hours.zone ?? ZONE, week: weekOf(hours), specials: specialsOf(hours) };
}

/** The first and the last moment of hours, which this page does not show, stay as they are. */
function hoursOf(draft: Draft, before: Hours | null): Hours | null {
  if (draft.week === null) return null;
  return { ...before, zone: draft.zone, weekly: weeklyOf(draft.week), holidays: holidaysOf(draft.specials) };
}
