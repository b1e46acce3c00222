import { useTranslation } from "react-i18next";

import icon from "../ui/icon.svg";
import { Tastes } from "../ui/Tastes";

/** Somebody came without being told who they are, or for longer than they were. */
export function NoToken({ expired }: { expired: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="gate">
      <main>
        <h1>
          <img src={icon} alt="" />
          {t(expired ? "gate.expired" : "gate.title")}
        </h1>
        <p className="soft">{t("gate.says")}</p>
        <Tastes />
      </main>
    </div>
  );
}
