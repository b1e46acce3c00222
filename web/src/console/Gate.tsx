import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { StaffTokens } from "../hub/staff";
import { SignIn } from "../ui/SignIn";
import type { SessionToken } from "../wire";

const Console = lazy(async () => ({ default: (await import("./Console")).Console }));

/** Sign in, or go on where the cookie says so; then the console. */
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
  const loading = (
    <p className="loading" role="status">
      {t("loading")}
    </p>
  );
  if (!asked) return loading;
  if (session === null) {
    return (
      <SignIn
        title={t("console.title")}
        signIn={async (login, password) => setSession(await tokens.signIn(login, password))}
      />
    );
  }
  return (
    <Suspense fallback={loading}>
      <Console
        tokens={tokens}
        session={session}
        onSignedOut={() => setSession(null)}
        onChanged={() => void tokens.renew().then(() => setSession(tokens.session()))}
      />
    </Suspense>
  );
}
