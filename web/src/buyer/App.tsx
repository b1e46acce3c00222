import { useTranslation } from "react-i18next";

import { useChosen, useHub } from "../ui/context";
import { useRoute } from "../ui/route";
import { AccountPage } from "./AccountPage";
import { Chat } from "./Chat";
import { LinkBanner } from "./LinkBanner";
import { List } from "./List";
import { NoToken } from "./NoToken";
import { Settings } from "./Settings";

/** The buyer's page: the list, and beside it (or over it, on a phone) a chat, an account or the settings. */
export function App({ framed }: { framed: boolean }) {
  const hub = useHub();
  const [view, account] = useRoute();
  const refusal = useChosen((state) => state.refusal);
  if (refusal?.code === "unauthenticated") return <NoToken expired />;
  const detail =
    view === "c" && account !== undefined ? (
      <Chat key={account} account={account} framed={framed} />
    ) : view === "a" && account !== undefined ? (
      <AccountPage key={account} account={account} />
    ) : view === "settings" ? (
      <Settings onLanguage={() => hub.restart()} />
    ) : null;
  return (
    <div className="app" data-detail={detail !== null} data-framed={framed}>
      <LinkBanner />
      <div className="panes">
        {!framed && <List current={view === "c" || view === "a" ? (account ?? "") : ""} />}
        <div className="detail">{detail ?? <Nothing />}</div>
      </div>
    </div>
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
