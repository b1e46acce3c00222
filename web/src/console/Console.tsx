import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider, theme } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useEffect, useState } from "react";

import { setting } from "../hub/host";
import { faultOf } from "../hub/fault";
import { Hub } from "../hub/hub";
import type { StaffTokens } from "../hub/staff";
import { HubProvider } from "../ui/context";
import { languageNow, useDark, useLanguage } from "../ui/taste";
import type { SessionToken } from "../wire";
import { Frame } from "./Frame";
import { Confirming } from "./parts/Confirming";
import { PersonProvider } from "./person";

const TRIES = 3;

/** What is read is asked again when somebody comes back to the page; a fault is tried again only where that may help. */
function reader(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (tried, thrown) => tried < TRIES && faultOf(thrown).again !== null,
        staleTime: 5_000,
        networkMode: "always",
      },
    },
  });
}

/** The console of somebody who is signed in: one connection, antd in our colours. */
export function Console({
  tokens,
  session,
  onSignedOut,
  onChanged,
}: {
  tokens: StaffTokens;
  session: SessionToken;
  onSignedOut: () => void;
  onChanged: () => void;
}) {
  const [hub] = useState(() => new Hub({ tokens, language: languageNow, keeper: sessionStorage }));
  const [client] = useState(reader);
  useEffect(() => {
    hub.start();
    return () => hub.stop();
  }, [hub]);
  const dark = useDark();
  const language = useLanguage();
  const signOut = async () => {
    await tokens.signOut().catch(() => undefined); // the cookie ends by itself; here one is out at once
    hub.stop();
    onSignedOut();
  };
  return (
    <ConfigProvider
      csp={{ nonce: setting("nonce") }}
      button={{ autoInsertSpace: false }}
      // In the body antd would lock the scrolling by a style sheet without our nonce. The frame does not scroll anyway.
      getPopupContainer={() => document.querySelector<HTMLElement>(".console-app") ?? document.body}
      locale={language === "en" ? enUS : zhCN}
      theme={{
        algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          colorPrimary: dark ? "#4fc3b5" : "#0f766e",
          colorInfo: dark ? "#84c5ee" : "#0b5f8f",
          colorError: dark ? "#ffb4ab" : "#b3261e",
          colorBgBase: dark ? "#12161b" : "#ffffff",
          colorTextBase: dark ? "#e8ecf0" : "#17202a",
          colorTextPlaceholder: dark ? "#98a4b0" : "#66727f",
          ...(dark
            ? {
                colorBgContainer: "#1a2027",
                colorBgElevated: "#222a33",
                colorBorder: "#45515e",
                colorTextDisabled: "#7f8b97",
              }
            : { colorBorder: "#b4bac0", colorTextDisabled: "#87919b" }),
          borderRadius: 8,
          fontFamily: "var(--font)",
        },
        // White on the light brand of the dark theme would be too pale to read.
        components: {
          Button: { primaryColor: dark ? "#06231f" : "#ffffff", dangerColor: dark ? "#4a1f1b" : "#ffffff" },
        },
      }}
    >
      <AntApp className="console-app" message={{ maxCount: 3 }}>
        <QueryClientProvider client={client}>
          <HubProvider value={hub}>
            <PersonProvider value={{ session, signOut, changed: onChanged }}>
              <Confirming>
                <Frame />
              </Confirming>
            </PersonProvider>
          </HubProvider>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
