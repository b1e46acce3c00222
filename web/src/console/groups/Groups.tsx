import "../account/account.css";
import "./groups.css";

import { useTranslation } from "react-i18next";

import { hrefOf } from "../../ui/route";
import { Page } from "../parts/Page";
import { Tabs } from "../parts/Tabs";
import { usePlace } from "../person";
import { Appeals } from "./appeals/Appeals";
import { Cases } from "./cases/Cases";
import { FilterLists } from "./filters/FilterLists";
import { GroupList } from "./GroupList";
import { GroupRoom } from "./GroupRoom";

type View = "list" | "cases" | "appeals" | "filters";

/** The groups of the account, and what is looked after for all of them. */
export function Groups({ path }: { path: string[] }) {
  const { t } = useTranslation();
  const place = usePlace();
  const [first, group, ...rest] = path;
  if (first === "g" && group !== undefined) return <GroupRoom key={group} id={group} path={rest} />;
  const views: readonly View[] = place.role === "operator" ? ["list"] : ["list", "cases", "appeals", "filters"];
  const view = views.find((one) => one === first) ?? "list";
  return (
    <Page title={t("groups.title")}>
      <Tabs
        label={t("groups.views")}
        current={view}
        tabs={views.map((key) => ({ key, label: t(`groups.view.${key}`), href: hrefOf(place.handle, "groups", key) }))}
      />
      {view === "list" && <GroupList />}
      {view === "cases" && <Cases />}
      {view === "appeals" && <Appeals />}
      {view === "filters" && <FilterLists scope={{ account: place.id }} />}
    </Page>
  );
}
