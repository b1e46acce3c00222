import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf } from "../hub/fault";
import { sourceOf } from "../hub/host";
import { useChosen, useHub } from "../ui/context";
import { Icon } from "../ui/icons";
import { hrefOf } from "../ui/route";
import type { Account } from "../wire";
import { Avatar } from "../talk/Avatar";
import { AccountGroups } from "./AccountGroups";
import { Cover } from "./Cover";
import { FaultLine } from "./FaultLine";
import { Opening } from "./Opening";
import { ReportAccount } from "./ReportAccount";

/** An account: who they are, when they are there, and whether one follows. */
export function AccountPage({ account: handle }: { account: string }) {
  const { t } = useTranslation();
  const { account, fault, act } = useAccount(handle);
  return (
    <main className="page">
      <header className="bar">
        <a className="icon-button only-phone" href={hrefOf()} aria-label={t("back")}>
          <Icon name="back" />
        </a>
        <h1>{account?.name ?? ""}</h1>
      </header>
      <FaultLine fault={fault} />
      {account === null && fault === null && <p className="soft pad">{t("loading")}</p>}
      {account !== null && <About account={account} act={act} />}
    </main>
  );
}

type Act = "follow" | "unfollow" | "hush" | "unhush";

function About({ account, act }: { account: Account; act: (act: Act) => void }) {
  const { t } = useTranslation();
  const mayChat = account.following || account.chat_open === "everyone";
  return (
    <>
      <Cover src={account.cover} />
      <div className="page-body">
        <div className="about">
          <Avatar name={account.name} src={account.avatar} size={72} />
          <div>
            <h2>{account.name}</h2>
            <p className="soft">
              @{account.handle} · {t(`account.kind.${account.kind}`)}
            </p>
          </div>
        </div>
        <p className="about-text">{account.about}</p>
        <div className="acts">
          {mayChat && (
            <a className="button main" href={hrefOf("c", account.handle)}>
              {t("account.chat")}
            </a>
          )}
          {account.following ? (
            <>
              <button type="button" className="button" onClick={() => act(account.muted ? "unhush" : "hush")}>
                <Icon name={account.muted ? "bell" : "hush"} size={18} />
                {t(account.muted ? "account.unhush" : "account.hush")}
              </button>
              <button type="button" className="button" onClick={() => act("unfollow")}>
                {t("account.unfollow")}
              </button>
            </>
          ) : (
            <button type="button" className={mayChat ? "button" : "button main"} onClick={() => act("follow")}>
              {t("account.follow")}
            </button>
          )}
        </div>
        {!mayChat && <p className="soft">{t("account.must")}</p>}
        <AccountGroups account={account.handle} />
        {account.hours !== null && <Opening hours={account.hours} />}
        <ReportAccount handle={account.handle} name={account.name} />
      </div>
    </>
  );
}

const OPERATIONS = {
  unfollow: "DELETE /accounts/{account}/follow",
  hush: "PUT /accounts/{account}/mute",
  unhush: "DELETE /accounts/{account}/mute",
} as const;

function useAccount(handle: string) {
  const hub = useHub();
  const { t } = useTranslation();
  const online = useChosen((state) => state.link === "online");
  const [account, setAccount] = useState<Account | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const told = (thrown: unknown) => setFault(faultOf(thrown).fault?.message ?? t("lost"));
  const read = async () => {
    setAccount(await hub.ask("GET /accounts/{account}", { path: { account: handle } }));
    setFault(null);
  };
  const act = (wished: Act) => {
    const path = { account: handle };
    const asked =
      wished === "follow"
        ? hub.ask("PUT /accounts/{account}/follow", { path, body: { source: sourceOf(handle) } })
        : hub.ask(OPERATIONS[wished], { path });
    asked
      .then(() => {
        if (wished === "hush" || wished === "unhush")
          hub.store.tell({ event: "hushed", account: handle, muted: wished === "hush" });
        return read();
      })
      .catch(told);
  };
  useEffect(() => {
    // Again when the connection is back: what was shown may have changed meanwhile.
    hub.ask("GET /accounts/{account}", { path: { account: handle } }).then(setAccount, (thrown: unknown) => {
      setFault(faultOf(thrown).fault?.message ?? t("lost"));
    });
  }, [hub, handle, online, t]);
  return { account, fault, act };
}
