import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import { useDoing } from "../../parts/doing";
import { unique } from "../model/rule";
import { useReread, useRulebook } from "../rulebook";

/** Put words into the account's own, which the segmenter then keeps whole. */
export function useAddWords(): { add: (words: readonly string[]) => Promise<boolean>; busy: boolean } {
  const { t } = useTranslation();
  const hub = useHub();
  const { account } = useRulebook();
  const reread = useReread();
  const doing = useDoing();
  const path = { account };
  const add = (words: readonly string[]) =>
    doing.run(
      async () => {
        const read = await hub.ask("GET /accounts/{account}/rules/vocabulary", { path });
        const body = { ...read.vocabulary, words: unique([...(read.vocabulary.words ?? []), ...words]) };
        await hub.ask("PUT /accounts/{account}/rules/vocabulary", { path, body, version: read.version });
        await reread();
      },
      { done: t("rules.words.added") },
    );
  return { add, busy: doing.busy };
}
