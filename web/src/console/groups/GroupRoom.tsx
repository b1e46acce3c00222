import { useTranslation } from "react-i18next";

import { mayDo } from "../../talk/may";
import { hrefOf } from "../../ui/route";
import type { GroupView } from "../../wire";
import { useAsked } from "../parts/asked";
import { Failed } from "../parts/Failed";
import { Page } from "../parts/Page";
import { Tabs } from "../parts/Tabs";
import { usePlace } from "../person";
import { FilterLists } from "./filters/FilterLists";
import { Hits } from "./filters/Hits";
import { GroupProvider } from "./group";
import { GroupChat } from "./GroupChat";
import { Held } from "./Held";
import { Log } from "./Log";
import { Members } from "./Members";
import { Order } from "./Order";
import { Requests } from "./Requests";
import { Sanctions } from "./Sanctions";
import { Settings } from "./Settings";
import { Stats } from "./stats/Stats";

type View =
  "chat" | "members" | "requests" | "sanctions" | "order" | "filters" | "hits" | "held" | "stats" | "log" | "settings";

/** One group, for who looks after it; others see what it is. */
export function GroupRoom({ id, path }: { id: string; path: string[] }) {
  const { t } = useTranslation();
  const place = usePlace();
  const asked = useAsked("GET /groups/{group}", { path: { group: id } });
  const group = asked.value;
  const back = (
    <a className="button" href={hrefOf(place.handle, "groups")}>
      {t("groups.all")}
    </a>
  );
  if (group === null) {
    return (
      <Page title={t("groups.title")} back={back}>
        {asked.fault === null ? (
          <p className="soft">{t("loading")}</p>
        ) : (
          <Failed fault={asked.fault} again={asked.again} />
        )}
      </Page>
    );
  }
  const views = viewsOf(group);
  const view = views.find((one) => one === path[0]) ?? views[0] ?? "settings";
  const href = (key: View) => hrefOf(place.handle, "groups", "g", id, key);
  return (
    <Page title={group.name} back={back} fill={view === "chat"}>
      <div className="group-room">
        <Tabs
          label={t("groups.viewsOf", { name: group.name })}
          current={view}
          tabs={views.map((key) => ({ key, label: t(`groups.view.${key}`), href: href(key) }))}
        />
        {group.dissolved_at !== null && <p className="fault">{t("groups.dissolved")}</p>}
        <GroupProvider value={group}>
          {view === "chat" && <GroupChat />}
          {view === "members" && <Members />}
          {view === "requests" && <Requests />}
          {view === "sanctions" && <Sanctions />}
          {view === "order" && <Order />}
          {view === "filters" && <FilterLists scope={{ group: group.id }} />}
          {view === "hits" && <Hits />}
          {view === "held" && <Held />}
          {view === "stats" && <Stats />}
          {view === "log" && <Log />}
          {view === "settings" && <Settings />}
        </GroupProvider>
      </div>
    </Page>
  );
}

function viewsOf(group: GroupView): View[] {
  const oversees = mayDo(group.role, "oversee");
  if (!oversees) return mayDo(group.role, "read") ? ["chat", "members", "settings"] : ["settings"];
  return ["chat", "members", "requests", "sanctions", "order", "filters", "hits", "held", "stats", "log", "settings"];
}
