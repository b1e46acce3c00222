import { useTranslation } from "react-i18next";

import { Page } from "../parts/Page";

export function Rules() {
  const { t } = useTranslation();
  return <Page title={t("rules.title")}>{null}</Page>;
}
