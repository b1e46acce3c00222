import { Button } from "antd";
import { useTranslation } from "react-i18next";

/** What can be done about a row of a list: change it, delete it. `name` is the row's, for who hears the page. */
export function RowActs({
  name,
  busy,
  onEdit,
  onDrop,
}: {
  name: string;
  busy: boolean;
  onEdit: () => void;
  onDrop: () => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="row-acts">
      <Button onClick={onEdit} aria-label={t("account.editWhat", { what: name })}>
        {t("console.edit")}
      </Button>
      <Button danger disabled={busy} onClick={onDrop} aria-label={t("account.dropWhat", { what: name })}>
        {t("console.remove")}
      </Button>
    </div>
  );
}
