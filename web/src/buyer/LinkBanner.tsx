import { useTranslation } from "react-i18next";

import { useChosen } from "../ui/context";

/** What the connection is like, when it is not well. */
export function LinkBanner() {
  const { t } = useTranslation();
  const link = useChosen((state) => state.link);
  const refusal = useChosen((state) => state.refusal);
  return (
    <div role="status" aria-live="polite">
      {link === "offline" && <p className="banner">{t("link.offline")}</p>}
      {link === "refused" && refusal !== null && (
        <p className="banner bad">{t("link.refused", { message: refusal.message })}</p>
      )}
    </div>
  );
}
