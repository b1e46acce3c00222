import { Drawer } from "antd";
import { useTranslation } from "react-i18next";

import type { Talk } from "../../state/state";
import type { WireMessage } from "../../wire";
import { Failed } from "../parts/Failed";
import { useAsked } from "../parts/asked";
import { TraceView } from "./TraceView";
import { wordsOf } from "./heard";

/** "Why this answer?" of one message, beside its conversation. */
export function Why({ talk, seq, onClose }: { talk: Talk; seq: number; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer open size={420} title={t("trace.title")} onClose={onClose} destroyOnHidden>
      <Told talk={talk} seq={seq} />
    </Drawer>
  );
}

function Told({ talk, seq }: { talk: Talk; seq: number }) {
  const { t } = useTranslation();
  const asked = useAsked("GET /conversations/{conversation}/messages/{seq}/trace", {
    path: { conversation: talk.id, seq },
  });
  const text = useHeard(talk, seq);
  if (asked.fault?.code === "not_found") return <p className="soft">{t("trace.gone")}</p>;
  if (asked.fault !== null) return <Failed fault={asked.fault} again={asked.again} />;
  if (asked.value === null || text === undefined)
    return (
      <p className="soft" role="status">
        {t("loading")}
      </p>
    );
  return <TraceView trace={asked.value} text={text} />;
}

/** What was written that this message answers, or is; null where nothing was. Fetched where it is not here. */
function useHeard(talk: Talk, seq: number): string | null | undefined {
  const message = talk.messages.find((one) => one.seq === seq);
  const cause = message?.auto?.cause ?? seq;
  const here = talk.messages.find((one) => one.seq === cause);
  const far = useAsked(
    "GET /conversations/{conversation}/messages",
    cause > 0 && here === undefined ? { path: { conversation: talk.id }, query: { after: cause - 1, limit: 1 } } : null,
  );
  if (cause === 0) return null;
  const found: WireMessage | undefined = here ?? far.value?.messages[0];
  return found === undefined ? (far.fault === null ? undefined : "") : wordsOf(found);
}
