import { useTranslation } from "react-i18next";

import { Page } from "../parts/Page";

export function Desk() {
  const { t } = useTranslation();
  return <Page title={t("desk.title")}>{null}</Page>;
}
