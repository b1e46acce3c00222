import { Modal } from "antd";
import { useTranslation } from "react-i18next";

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
    <Modal open title={t("desk.keys")} footer={null} onCancel={onClose} width={420}>
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
    </Modal>
  );
}
