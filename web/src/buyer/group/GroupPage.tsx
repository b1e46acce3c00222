import { useTranslation } from "react-i18next";

import { Icon } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import { useFaultSaid } from "../../talk/faults";
import { Appeal } from "./Appeal";
import { Door } from "./Door";
import { GroupAbout } from "./GroupAbout";
import { GroupChat } from "./GroupChat";
import { useGroup } from "./useGroup";

/** A group: its door for who is outside, its chat and what there is to know about it for who is in it. */
export default function GroupPage({ id, view, framed }: { id: string; view: string; framed: boolean }) {
  const { t } = useTranslation();
  const say = useFaultSaid();
  const { group, fault, look } = useGroup(id);
  if (group !== null && group.view.membership !== null)
    return view === "about" ? <GroupAbout group={group} /> : <GroupChat group={group} framed={framed} />;
  if (group !== null) return <Door group={group} look={look} />;
  const told = fault === null ? t("loading") : fault.code === "not_found" ? t("group.gone") : say(fault.fault);
  return (
    <main className="page">
      <header className="bar">
        <a className="icon-button only-phone" href={hrefOf()} aria-label={t("back")}>
          <Icon name="back" />
        </a>
        <h1>{t("group.title")}</h1>
      </header>
      <p className={fault === null ? "soft pad" : "pad"} role={fault === null ? "status" : "alert"}>
        {told}
      </p>
      {fault?.code === "not_found" && (
        <div className="pad appeal-outside">
          <p className="soft">{t("appeal.outside")}</p>
          <Appeal group={id} account={null} against={{ kind: "ban", until: null, reason: null }} onLifted={look} />
        </div>
      )}
    </main>
  );
}
