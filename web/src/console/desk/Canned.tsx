import { useTranslation } from "react-i18next";

import type { CannedView } from "../../wire";

interface CannedProps {
  found: readonly CannedView[];
  at: number;
  onUse: (one: CannedView) => void;
  onEdit: () => void;
}

/** The prepared replies that fit what stands after the slash. */
export function Canned({ found, at, onUse, onEdit }: CannedProps) {
  const { t } = useTranslation();
  return (
    <div className="desk-canned">
      {found.length === 0 && <p className="soft">{t("desk.noCanned")}</p>}
      <ul aria-label={t("desk.canned")}>
        {found.map((one, number) => (
          <li key={one.id}>
            <button type="button" data-chosen={number === Math.min(at, found.length - 1)} onClick={() => onUse(one)}>
              <strong>{one.title}</strong>
              <span>{one.text}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="link" onClick={onEdit}>
        {t("desk.editCanned")}
      </button>
    </div>
  );
}
