import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { byTime, type Talk } from "../state/state";
import { useThrownSaid } from "../talk/faults";
import { useChosen, useHub } from "../ui/context";
import { askPermission, setWish, usePermission, useWish } from "./notify";

/** What one wants to be told of on this device, and which conversations are hushed on all of one's devices. */
export function Notices() {
  const { t } = useTranslation();
  const allowed = usePermission();
  const notify = useWish("notify");
  const sound = useWish("sound");
  return (
    <>
      <section className="notices" aria-labelledby="notices">
        <h2 id="notices">{t("notices.title")}</h2>
        {allowed === "granted" && (
          <Switch label={t("notices.show")} on={notify} onChange={(on) => setWish("notify", on)} />
        )}
        {allowed === "ask" && (
          <div className="switch">
            <span>{t("notices.show")}</span>
            <button type="button" className="button" onClick={() => void askPermission()}>
              {t("notices.allow")}
            </button>
          </div>
        )}
        {(allowed === "refused" || allowed === "none") && (
          <p className="soft" role="status">
            {t(`notices.${allowed}`)}
          </p>
        )}
        <Switch label={t("notices.sound")} on={sound} onChange={(on) => setWish("sound", on)} />
      </section>
      <Hushes />
    </>
  );
}

function Switch({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="switch">
      <span>{label}</span>
      <input type="checkbox" role="switch" checked={on} onChange={(event) => onChange(event.target.checked)} />
    </label>
  );
}

/** Which conversations one wants to be told of. */
function Hushes() {
  const { t } = useTranslation();
  const hub = useHub();
  const say = useThrownSaid();
  const [fault, setFault] = useState<string | null>(null);
  const talks = useChosen((state) => state.talks);
  const shown = useMemo(() => byTime({ ...hub.store.get(), talks }).filter((talk) => talk.title !== ""), [talks, hub]);
  const hush = async (talk: Talk, hushed: boolean) => {
    setFault(null);
    try {
      if (talk.kind === "group") await hub.groups.hush(talk.id, hushed);
      else {
        const path = { account: talk.account };
        await hub.ask(hushed ? "PUT /accounts/{account}/mute" : "DELETE /accounts/{account}/mute", { path });
        hub.store.tell({ event: "hushed", account: talk.account, muted: hushed });
      }
    } catch (thrown) {
      setFault(say(thrown));
    }
  };
  if (shown.length === 0) return null;
  return (
    <section className="notices" aria-labelledby="hushes">
      <h2 id="hushes">{t("notices.of")}</h2>
      <p className="soft">{t("notices.ofAll")}</p>
      {fault !== null && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {shown.map((talk) => (
        <Switch key={talk.id} label={talk.title} on={!talk.muted} onChange={(on) => void hush(talk, !on)} />
      ))}
    </section>
  );
}
