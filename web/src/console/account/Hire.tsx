import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { HiredView, Role } from "../../wire";
import { useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { faultAt, Field, Form } from "../parts/Field";
import { usePlace } from "../person";
import { Copied } from "./Copied";
import { STAFF_ROLES } from "./roles";

/** Appoint somebody by login; a login that is new comes with a first password, which is shown this once. */
export function Hire({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const place = usePlace();
  const doing = useDoing();
  const [login, setLogin] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [hired, setHired] = useState<HiredView | null>(null);
  const hire = () =>
    doing.run(
      async () => {
        const body = { login: login.trim().toLowerCase(), name: name.trim(), role };
        setHired(await hub.ask("POST /accounts/{account}/staff", { path: { account: place.id }, body }));
        await stale("GET /accounts/{account}/staff");
      },
      { quiet: true },
    );
  const placed = faultAt(doing.fault, "login") ?? faultAt(doing.fault, "name");
  return (
    <Dialog title={t("account.staff.hire")} onClose={onDone}>
      {hired === null ? (
        <Form label={t("account.staff.hire")} onSend={() => void hire()}>
          <Field label={t("account.staff.login")} hint={t("account.staff.loginHint")} fault={doing.fault} path="login">
            <Input
              value={login}
              autoFocus
              autoComplete="off"
              autoCapitalize="none"
              required
              maxLength={64}
              onChange={(event) => setLogin(event.target.value)}
            />
          </Field>
          <Field label={t("account.staff.name")} hint={t("account.staff.nameHint")} fault={doing.fault} path="name">
            <Input value={name} required maxLength={64} onChange={(event) => setName(event.target.value)} />
          </Field>
          <fieldset className="choice-list">
            <legend>{t("account.staff.role")}</legend>
            {STAFF_ROLES.map((one) => (
              <label key={one}>
                <input type="radio" name="role" checked={role === one} onChange={() => setRole(one)} />
                <span>
                  {t(`role.${one}`)}
                  <small>{t(`account.staff.may.${one}`)}</small>
                </span>
              </label>
            ))}
          </fieldset>
          {doing.fault !== null && placed === null && <Failed fault={doing.fault} />}
          <Button type="primary" htmlType="submit" disabled={doing.busy}>
            {t("account.staff.hireDo")}
          </Button>
        </Form>
      ) : (
        <Hired hired={hired} onDone={onDone} />
      )}
    </Dialog>
  );
}

function Hired({ hired, onDone }: { hired: HiredView; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="stack" role="status">
      <p>{t("account.staff.hired", { name: hired.person.name, role: t(`role.${hired.role}`) })}</p>
      {hired.password === null ? (
        <p className="soft">{t("account.staff.hasPassword")}</p>
      ) : (
        <>
          <Copied label={t("account.staff.login")} value={hired.login} />
          <Copied label={t("account.staff.password")} value={hired.password} />
          <p className="once">{t("account.staff.once")}</p>
        </>
      )}
      <Button type="primary" onClick={onDone}>
        {t("console.done")}
      </Button>
    </div>
  );
}
