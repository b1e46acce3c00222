import { Button, Progress } from "antd";
import { useTranslation } from "react-i18next";

import { Icon } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import { useAsked } from "../parts/asked";
import { Failed } from "../parts/Failed";
import { usePlace } from "../person";
import { doneOf, isAllDone, type Known, type Step, STEPS } from "./steps";

const WHERE: Record<Step, readonly string[]> = {
  profile: ["account", "profile"],
  hours: ["account", "hours"],
  rules: ["rules"],
  staff: ["account", "staff"],
  link: ["account", "link"],
  answer: ["desk"],
};

/** What a new owner does first; each step is done when the hub says so, and leads to where it is done. */
export function Begin({ onDismissed }: { onDismissed: () => void }) {
  const { t } = useTranslation();
  const place = usePlace();
  const { known, fault, again } = useKnown(place.id);
  const done = doneOf(known);
  const count = STEPS.filter((step) => done[step] === true).length;
  const next = STEPS.find((step) => done[step] === false);
  return (
    <section className="panel begin" aria-label={t("account.begin.title")}>
      <div className="begin-head">
        <div>
          <h2>{t(isAllDone(done) ? "account.begin.finished" : "account.begin.title")}</h2>
          <p className="soft">{t("account.begin.says")}</p>
        </div>
        <Progress
          type="circle"
          size={56}
          percent={Math.round((100 * count) / STEPS.length)}
          format={() => `${count}/${STEPS.length}`}
          aria-label={t("account.begin.count", { count, of: STEPS.length })}
        />
      </div>
      {fault !== null && <Failed fault={fault} again={again} />}
      <ol className="begin-steps">
        {STEPS.map((step) => (
          <li key={step} data-done={done[step] === true}>
            <span className="begin-mark" role="img" aria-label={t(`account.begin.${stateOf(done[step])}`)}>
              {done[step] === true && <Icon name="check" size={16} />}
            </span>
            <div>
              <p>
                <strong>{t(`account.begin.step.${step}.title`)}</strong>
              </p>
              <p className="soft">{t(`account.begin.step.${step}.why`)}</p>
            </div>
            <a className={step === next ? "button main" : "button"} href={hrefOf(place.handle, ...WHERE[step])}>
              {t(done[step] === true ? "account.begin.look" : "account.begin.go")}
            </a>
          </li>
        ))}
      </ol>
      <div className="form-acts">
        <Button onClick={onDismissed}>{t(isAllDone(done) ? "account.begin.close" : "account.begin.dismiss")}</Button>
        <span className="soft">{t("account.begin.back")}</span>
      </div>
    </section>
  );
}

function stateOf(done: boolean | null): "done" | "open" | "unknown" {
  return done === null ? "unknown" : done ? "done" : "open";
}

/** What the hub knows about the steps. */
function useKnown(account: string) {
  const path = { account };
  const profile = useAsked("GET /accounts/{account}", { path });
  const versions = useAsked("GET /accounts/{account}/rules/versions", { path, query: { limit: 1 } });
  const staff = useAsked("GET /accounts/{account}/staff", { path });
  const followers = useAsked("GET /accounts/{account}/followers", { path, query: { limit: 200 } });
  const held = useSaid(account, "operator");
  const closed = useSaid(account, "closed");
  const asked = [profile, versions, staff, followers];
  const said = held === null || closed === null ? null : [...held, ...closed];
  const known: Known = {
    account: profile.value,
    versions: versions.value?.items.length ?? null,
    staff: staff.value?.items.length ?? null,
    followers: followers.value?.items ?? null,
    said,
  };
  const fault = asked.find((one) => one.fault !== null)?.fault ?? null;
  return { known, fault, again: () => asked.forEach((one) => one.again()) };
}

/** What was said last in the newest conversation of this state; nothing where there is none. */
function useSaid(account: string, state: "operator" | "closed") {
  const desk = useAsked("GET /accounts/{account}/desk", { path: { account }, query: { state, limit: 1 } });
  const conversation = desk.value?.items[0]?.desk.conversation;
  const messages = useAsked(
    "GET /conversations/{conversation}/messages",
    conversation === undefined ? null : { path: { conversation }, query: { limit: 100 } },
  );
  if (desk.value === null) return null;
  return conversation === undefined ? [] : (messages.value?.messages ?? null);
}
