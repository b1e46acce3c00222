import { Button, Popover } from "antd";
import { useTranslation } from "react-i18next";

import { useHub } from "../ui/context";
import { Icon } from "../ui/icons";
import { Tastes } from "../ui/Tastes";
import { usePerson } from "./person";

/** Who one is; language, appearance, the way out. */
export function Me() {
  const { t } = useTranslation();
  const hub = useHub();
  const { session, signOut } = usePerson();
  return (
    <Popover
      trigger="click"
      placement="rightBottom"
      content={
        <div className="me">
          <strong>{session.person.name}</strong>
          <Tastes onLanguage={() => hub.restart()} />
          <Button block onClick={() => void signOut()}>
            {t("sign.out")}
          </Button>
        </div>
      }
    >
      <button type="button" className="me-button" aria-label={t("console.me", { name: session.person.name })}>
        <Icon name="person" />
        <span>{session.person.name}</span>
      </button>
    </Popover>
  );
}
