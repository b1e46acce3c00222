import { useTranslation } from "react-i18next";

import { Page } from "../parts/Page";

export function Groups() {
  const { t } = useTranslation();
  return <Page title={t("groups.title")}>{null}</Page>;
}
