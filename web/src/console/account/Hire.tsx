import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { HiredView } from "../../wire";
import { useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Field, Form } from "../parts/Field";
import { FormFault } from "../parts/Foot";
import { Choice, TextField } from "../parts/Inputs";
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
  const [role, setRole] = useState<(typeof STAFF_ROLES)[number]>("operator");
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
          <TextField
            label={t("account.staff.name")}
            hint={t("account.staff.nameHint")}
            value={name}
            required
            maxLength={64}
            onChange={setName}
            fault={doing.fault}
            path="name"
          />
          <Choice
            legend={t("account.staff.role")}
            value={role}
            onChange={setRole}
            options={STAFF_ROLES.map((one) => ({
              value: one,
              label: t(`role.${one}`),
              says: t(`account.staff.may.${one}`),
            }))}
          />
          <FormFault doing={doing} paths={["login", "name"]} />
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
