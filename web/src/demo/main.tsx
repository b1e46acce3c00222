import "../ui/base.css";
import "./demo.css";

import { createRoot } from "react-dom/client";

import { startWords } from "../i18n/i18n";
import { languageNow, showTheme } from "../ui/taste";
import { Start } from "./Start";
import { en, zh } from "./words";

showTheme();
startWords(languageNow(), zh, en);
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<Start />);
