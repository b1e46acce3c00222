import { useTranslation } from "react-i18next";

/** What somebody is, where that is more than one among the others. */
export function RoleTag({ role }: { role: string }) {
  const { t } = useTranslation();
  if (role !== "owner" && role !== "moderator" && role !== "operator" && role !== "bot") return null;
  return (
    <span className="tag" data-role={role}>
      {t(`group.role.${role}`)}
    </span>
  );
}
