import { useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf } from "../hub/fault";
import { sourceOf } from "../hub/host";
import { useHub } from "../ui/context";

/** The account talks with its followers alone: following is one's own choice, and one tap. */
export function NotFollowing({ account, onFollowed }: { account: string; onFollowed: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const [fault, setFault] = useState<string | null>(null);
  const follow = () => {
    hub
      .ask("PUT /accounts/{account}/follow", { path: { account }, body: { source: sourceOf(account) || "chat" } })
      .then(onFollowed, (thrown: unknown) => setFault(faultOf(thrown).fault?.message ?? t("lost")));
  };
  return (
    <div className="must-follow">
      <p>{t("account.must")}</p>
      <button type="button" className="button main" onClick={follow}>
        {t("account.follow")}
      </button>
      {fault !== null && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
