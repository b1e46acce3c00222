import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { StaffTokens } from "../hub/staff";
import { SignIn } from "../ui/SignIn";
import type { SessionToken } from "../wire";

/** Sign in, or go on where the cookie says so; then the accounts one works for. */
export function Gate({ tokens }: { tokens: StaffTokens }) {
  const { t } = useTranslation();
  const [session, setSession] = useState<SessionToken | null>(null);
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    void tokens.renew().then(() => {
      setSession(tokens.session());
      setAsked(true);
    });
  }, [tokens]);
  if (!asked) return <p role="status">{t("loading")}</p>;
  if (session === null) {
    return (
      <SignIn
        title={t("console.title")}
        signIn={async (login, password) => setSession(await tokens.signIn(login, password))}
      />
    );
  }
  return (
    <div className="gate">
      <main>
        <h1>{session.person.name}</h1>
        <p>{session.accounts.length > 0 ? t("console.works") : t("console.none")}</p>
        <ul>
          {session.accounts.map((account) => (
            <li key={account.id}>
              {account.name} · {t(`role.${account.role}`)}
            </li>
          ))}
        </ul>
        <button type="button" className="button" onClick={() => void tokens.signOut().finally(() => setSession(null))}>
          {t("sign.out")}
        </button>
      </main>
    </div>
  );
}
