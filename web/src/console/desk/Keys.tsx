import { useTranslation } from "react-i18next";

import { Dialog } from "../parts/Dialog";

const KEYS = [
  ["walk", "j", "k", "↓", "↑"],
  ["open", "Enter"],
  ["lists", "1", "2", "3"],
  ["claim", "c"],
  ["write", "r"],
  ["canned", "/"],
  ["suggestion", "Alt+1", "Alt+2", "Alt+3"],
  ["back", "Esc"],
  ["help", "?"],
] as const;

/** What the keys of the desk do. */
export function Keys({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("desk.keys")} onClose={onClose}>
      <dl className="desk-keys">
        {KEYS.map(([name, ...keys]) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(`desk.key.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
