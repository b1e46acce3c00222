import { useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf } from "../hub/fault";
import icon from "./icon.svg";
import { Tastes } from "./Tastes";

/** The staff's door: login and password. `signIn` throws a HubFault where it is refused. */
export function SignIn({
  title,
  signIn,
}: {
  title: string;
  signIn: (login: string, password: string) => Promise<void>;
}) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (given: { login: HTMLInputElement; password: HTMLInputElement }) => {
    setBusy(true);
    setFault(null);
    try {
      await signIn(given.login.value, given.password.value);
    } catch (thrown) {
      setFault(faultOf(thrown).fault?.message ?? t("lost"));
      setBusy(false);
    }
  };
  return (
    <div className="gate">
      <main>
        <h1>
          <img src={icon} alt="" />
          {title}
        </h1>
        <form
          className="gate-form"
          onSubmit={(event) => {
            event.preventDefault();
            void submit(
              event.currentTarget.elements as unknown as { login: HTMLInputElement; password: HTMLInputElement },
            );
          }}
        >
          <label className="field">
            {t("sign.login")}
            <input name="login" autoComplete="username" autoCapitalize="off" required maxLength={64} />
          </label>
          <label className="field">
            {t("sign.password")}
            <input name="password" type="password" autoComplete="current-password" required />
          </label>
          {fault !== null && (
            <p className="fault" role="alert">
              {fault}
            </p>
          )}
          <button className="button main wide" disabled={busy}>
            {t("sign.in")}
          </button>
        </form>
        <Tastes />
      </main>
    </div>
  );
}
