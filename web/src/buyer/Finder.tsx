import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../ui/context";
import type { AccountCard } from "../wire";
import { Cards } from "./Cards";

const PAUSE_MS = 300;

/** Find an account by its name. */
export function Finder() {
  const { t } = useTranslation();
  const hub = useHub();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<{ query: string; cards: readonly AccountCard[] } | null>(null);
  const wanted = query.trim();
  useEffect(() => {
    if (wanted === "") return;
    const timer = setTimeout(() => {
      hub.ask("GET /accounts", { query: { query: wanted, limit: 20 } }).then(
        (page) => setFound({ query: wanted, cards: page.items }),
        () => undefined,
      );
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [hub, wanted]);
  return (
    <search className="finder">
      <input
        type="search"
        aria-label={t("list.find")}
        placeholder={t("list.findHint")}
        value={query}
        maxLength={64}
        onChange={(event) => setQuery(event.target.value)}
      />
      {wanted !== "" && found?.query === wanted && (
        <section aria-label={t("list.found")}>
          {found.cards.length > 0 ? (
            <Cards cards={found.cards} />
          ) : (
            <p className="soft pad">{t("list.nothing", { query: wanted })}</p>
          )}
        </section>
      )}
    </search>
  );
}
