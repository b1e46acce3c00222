import "../ui/base.css";
import "./console.css";

import { createRoot } from "react-dom/client";

import { StaffTokens } from "../hub/staff";
import { startWords } from "../i18n/i18n";
import { languageNow, showTheme } from "../ui/taste";
import { Gate } from "./Gate";
import { en, zh } from "./words";

showTheme();
startWords(languageNow(), zh, en);
const tokens = new StaffTokens(languageNow);
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<Gate tokens={tokens} />);
