import { useTranslation } from "react-i18next";

import type { HubFault } from "../../hub/fault";

/** What went wrong, in the hub's own words, and a way to try again. */
export function Failed({ fault, again }: { fault: HubFault; again?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="fault" role="alert">
      <span>{fault.fault?.message ?? t("lost")}</span>
      {again !== undefined && (
        <button type="button" className="button" onClick={again}>
          {t("again")}
        </button>
      )}
    </div>
  );
}
