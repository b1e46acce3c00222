import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { useAsked, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { faultAt, Field, Form } from "../parts/Field";
import { usePerson } from "../person";

const LEAST = 10;

/** Oneself: the name that buyers see, the password, where one is signed in. */
export function Self() {
  return (
    <div className="panels">
      <Name />
      <Password />
      <Sessions />
    </div>
  );
}

function Name() {
  const { t } = useTranslation();
  const hub = useHub();
  const { session, changed } = usePerson();
  const doing = useDoing();
  const [name, setName] = useState(session.person.name);
  const save = () =>
    doing.run(
      async () => {
        await hub.ask("PATCH /me", { body: { name: name.trim() } });
        changed();
      },
      { done: t("console.saved"), quiet: true },
    );
  return (
    <section className="panel" aria-label={t("account.self.name")}>
      <h2>{t("account.self.name")}</h2>
      <Form label={t("account.self.name")} onSend={() => void save()}>
        <Field label={t("account.self.shown")} hint={t("account.self.shownHint")} fault={doing.fault} path="name">
          <Input value={name} required maxLength={64} onChange={(event) => setName(event.target.value)} />
        </Field>
        {doing.fault !== null && faultAt(doing.fault, "name") === null && <Failed fault={doing.fault} />}
        <div className="form-acts">
          <Button htmlType="submit" disabled={doing.busy}>
            {t("console.save")}
          </Button>
        </div>
      </Form>
    </section>
  );
}

function Password() {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const differs = again !== "" && fresh !== again;
  const change = async () => {
    const done = await doing.run(
      async () => {
        await hub.ask("PUT /me/password", { body: { old, new: fresh } });
        await stale("GET /sessions");
      },
      { done: t("account.self.passwordChanged"), quiet: true },
    );
    if (done) [setOld, setFresh, setAgain].forEach((set) => set(""));
  };
  const box = (value: string, set: (value: string) => void, complete: string) => (
    <Input.Password
      value={value}
      required
      maxLength={128}
      autoComplete={complete}
      onChange={(event) => set(event.target.value)}
    />
  );
  const placed = faultAt(doing.fault, "old") ?? faultAt(doing.fault, "new");
  return (
    <section className="panel" aria-label={t("account.self.password")}>
      <h2>{t("account.self.password")}</h2>
      <Form label={t("account.self.password")} onSend={() => void change()}>
        <Field label={t("account.self.old")} fault={doing.fault} path="old">
          {box(old, setOld, "current-password")}
        </Field>
        <Field
          label={t("account.self.new")}
          hint={t("account.self.newHint", { least: LEAST })}
          fault={doing.fault}
          path="new"
        >
          {box(fresh, setFresh, "new-password")}
        </Field>
        <Field label={t("account.self.again")} hint={differs ? t("account.self.differs") : undefined}>
          {box(again, setAgain, "new-password")}
        </Field>
        {doing.fault !== null && placed === null && <Failed fault={doing.fault} />}
        <div className="form-acts">
          <Button htmlType="submit" disabled={doing.busy || fresh !== again}>
            {t("account.self.change")}
          </Button>
          <span className="soft">{t("account.self.others")}</span>
        </div>
      </Form>
    </section>
  );
}

function Sessions() {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const asked = useAsked("GET /sessions");
  const end = (session: string) =>
    doing.run(
      async () => {
        await hub.ask("DELETE /sessions/{session}", { path: { session } });
        await stale("GET /sessions");
      },
      { done: t("account.self.ended") },
    );
  const told = (at: string) =>
    new Date(at).toLocaleString(i18n.language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  return (
    <section className="panel" aria-label={t("account.self.sessions")}>
      <h2>{t("account.self.sessions")}</h2>
      <p className="soft">{t("account.self.sessionsSay")}</p>
      {asked.fault !== null && <Failed fault={asked.fault} again={asked.again} />}
      <ul className="rows">
        {asked.value?.items.map((session) => (
          <li key={session.id}>
            <div className="grow">
              <p>{t("account.self.since", { at: told(session.created_at) })}</p>
              <p className="soft">{t("account.self.until", { at: told(session.expires_at) })}</p>
            </div>
            {session.current ? (
              <strong>{t("account.self.current")}</strong>
            ) : (
              <Button danger disabled={doing.busy} onClick={() => void end(session.id)}>
                {t("account.self.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
