import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../ui/context";
import { Icon, IconButton } from "../ui/icons";
import { ReportDialog } from "./Report";

interface ReportAccountProps {
  handle: string;
  name: string;
  /** Only the flag, where there is no room for more. */
  small?: boolean;
}

/** A button that reports an account as such to whoever runs the hub. */
export function ReportAccount({ handle, name, small }: ReportAccountProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const [open, setOpen] = useState(false);
  return (
    <>
      {small === true ? (
        <IconButton icon="flag" label={t("report.account")} onClick={() => setOpen(true)} />
      ) : (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          <Icon name="flag" size={18} />
          {t("report.account")}
        </button>
      )}
      {open && (
        <ReportDialog
          what={`${name} @${handle}`}
          to="hub"
          send={(reason, note) =>
            hub.ask("POST /accounts/{account}/reports", { path: { account: handle }, body: { reason, note } })
          }
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
