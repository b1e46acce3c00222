import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { useChosen, useHub } from "../ui/context";
import { useRoute } from "../ui/route";
import { AccountPage } from "./AccountPage";
import { Chat } from "./Chat";
import { LinkBanner } from "./LinkBanner";
import { List } from "./List";
import { NoToken } from "./NoToken";
import { Settings } from "./Settings";

/** Groups are not what most come for first: their views come when somebody looks at one. */
const GroupPage = lazy(() => import("./group/GroupPage"));

/** The buyer's page: the list, and beside it (or over it, on a phone) a chat, an account, a group or the settings. */
export function App({ framed }: { framed: boolean }) {
  const hub = useHub();
  const [view, name, more] = useRoute();
  const refusal = useChosen((state) => state.refusal);
  if (refusal?.code === "unauthenticated") return <NoToken expired />;
  const detail =
    view === "c" && name !== undefined ? (
      <Chat key={name} account={name} framed={framed} />
    ) : view === "a" && name !== undefined ? (
      <AccountPage key={name} account={name} />
    ) : view === "g" && name !== undefined ? (
      <Suspense fallback={<Loading />}>
        <GroupPage key={name} id={name} view={more ?? ""} framed={framed} />
      </Suspense>
    ) : view === "settings" ? (
      <Settings onLanguage={() => hub.restart()} />
    ) : null;
  return (
    <div className="app" data-detail={detail !== null} data-framed={framed}>
      <LinkBanner />
      <div className="panes">
        {!framed && <List current={view === "c" || view === "a" || view === "g" ? (name ?? "") : ""} />}
        <div className="detail">{detail ?? <Nothing />}</div>
      </div>
    </div>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <main className="nothing">
      <p className="soft" role="status">
        {t("loading")}
      </p>
    </main>
  );
}

function Nothing() {
  const { t } = useTranslation();
  return (
    <main className="nothing">
      <p className="soft">{t("list.choose")}</p>
    </main>
  );
}
