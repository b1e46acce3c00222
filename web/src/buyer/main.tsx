import "../ui/base.css";
import "./buyer.css";
import "../talk/talk.css";
import "./group.css";

import { createRoot } from "react-dom/client";

import { BuyerTokens, isFramed, setting } from "../hub/host";
import { Hub } from "../hub/hub";
import { startWords } from "../i18n/i18n";
import { HubProvider } from "../ui/context";
import { languageNow, showTheme } from "../ui/taste";
import { App } from "./App";
import { NoToken } from "./NoToken";
import { tellNews } from "./notify";
import { tellUnread } from "./unread";
import { en, zh } from "./words";

async function start(place: HTMLElement): Promise<void> {
  const root = createRoot(place);
  const tokens = new BuyerTokens();
  const token = await tokens.first();
  if (token === null && setting("demo") === "yes" && !isFramed()) {
    location.replace(`/demo${location.search}`);
    return;
  }
  if (token === null) {
    root.render(<NoToken expired={false} />);
    return;
  }
  const hub = new Hub({ tokens, language: languageNow, keeper: sessionStorage });
  hub.start();
  tellUnread(hub.store);
  tellNews(hub);
  root.render(
    <HubProvider value={hub}>
      <App framed={isFramed()} />
    </HubProvider>,
  );
}

showTheme();
startWords(languageNow(), zh, en);
const place = document.getElementById("root");
if (place !== null) void start(place);
