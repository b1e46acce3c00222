import "./account.css";

import { useTranslation } from "react-i18next";

import { hrefOf } from "../../ui/route";
import { usePlace } from "../person";
import { Page } from "../parts/Page";
import { Tabs } from "../parts/Tabs";
import { useStored } from "../parts/useStored";
import { Begin } from "./Begin";
import { Canned } from "./Canned";
import { FollowLink } from "./FollowLink";
import { HoursView } from "./HoursView";
import { Profile } from "./Profile";
import { Self } from "./Self";
import { Staff } from "./Staff";
import { Tags } from "./Tags";
import { Teams } from "./Teams";

type View = "begin" | "profile" | "hours" | "staff" | "teams" | "canned" | "tags" | "link" | "self";

const OF_ROLE: Record<string, readonly View[]> = {
  owner: ["begin", "profile", "hours", "staff", "teams", "canned", "tags", "link", "self"],
  operator: ["profile", "hours", "staff", "teams", "canned", "tags", "link", "self"],
  moderator: ["profile", "hours", "staff", "teams", "link", "self"],
};

/** The account itself: how it shows itself, who works for it, and oneself. Who is no owner sees and does not change. */
export function Account({ path }: { path: string[] }) {
  const { t } = useTranslation();
  const place = usePlace();
  const [begun, setBegun] = useStored(`begun.${place.id}`);
  const views = (OF_ROLE[place.role] ?? []).filter((view) => view !== "begin" || !begun);
  const view = views.find((one) => one === path[0]) ?? views[0] ?? "self";
  const owner = place.role === "owner";
  return (
    <Page title={t("account.title")}>
      <Tabs
        label={t("account.views")}
        current={view}
        tabs={views.map((key) => ({
          key,
          label: t(`account.view.${key}`),
          href: hrefOf(place.handle, "account", key),
        }))}
      />
      {view === "begin" && <Begin onDismissed={() => setBegun(true)} />}
      {view === "profile" && <Profile {...(owner && begun ? { onBegin: () => setBegun(false) } : {})} />}
      {view === "hours" && <HoursView />}
      {view === "staff" && <Staff />}
      {view === "teams" && <Teams />}
      {view === "canned" && <Canned />}
      {view === "tags" && <Tags />}
      {view === "link" && <FollowLink />}
      {view === "self" && <Self />}
    </Page>
  );
}
