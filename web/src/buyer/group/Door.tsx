import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Group, Parting } from "../../state/state";
import { useHub } from "../../ui/context";
import { Icon } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import type { GroupView } from "../../wire";
import { useMoment } from "../../talk/time";
import { FaultLine } from "../FaultLine";
import { useRun } from "../useRun";
import { Appeal } from "./Appeal";
import { GroupFrame, Rules } from "./GroupFrame";
import { useOwner } from "./useGroup";

/** A group from outside: what it is, its rules, and the choice to come in. Nothing else joins. */
export function Door({ group, look }: { group: Group; look: () => void }) {
  const { t } = useTranslation();
  const { view, parting } = group;
  const { owner, again } = useOwner(view.account);
  const isBanned = parting?.how === "banned";
  return (
    <GroupFrame
      title={view.name}
      back={
        <a className="icon-button only-phone" href={hrefOf()} aria-label={t("back")}>
          <Icon name="back" />
        </a>
      }
      view={view}
      owner={owner}
      standing={
        <>
          {parting !== null && <PartingLine parting={parting} />}
          <Appeal
            key={parting?.how}
            group={view.id}
            account={view.account}
            against={{ kind: "ban", until: parting?.until ?? null, reason: isBanned ? parting.reason : null }}
            quiet={!isBanned}
            onLifted={look}
          />
        </>
      }
    >
      <Rules text={view.rules} />
      {parting?.how !== "dissolved" && owner !== null && (
        <Choice view={view} owner={owner} followed={again} look={look} />
      )}
    </GroupFrame>
  );
}

/** How one came to be outside. */
function PartingLine({ parting }: { parting: Parting }) {
  const { t } = useTranslation();
  const moment = useMoment();
  return (
    <p className="told" role="status">
      {parting.until === null ? t(`group.${parting.how}`) : t("group.bannedUntil", { time: moment(parting.until) })}
      {parting.reason !== "" && ` ${t("group.reason", { reason: parting.reason })}`}
    </p>
  );
}

interface ChoiceProps {
  view: GroupView;
  owner: { name: string; handle: string; following: boolean };
  followed: () => void;
  look: () => void;
}

/** The choice itself: follow first, then join, ask, accept an invitation or turn it down; who waits may withdraw. */
function Choice({ view, owner, followed, look }: ChoiceProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const [answer, setAnswer] = useState("");
  const { busy, fault, run } = useRun();
  const asks = view.joining === "approval" && !view.invited;
  const verb = asks ? "ask" : "join";
  if (view.waiting)
    return (
      <div className="choice-box">
        <p role="status">{t("group.waiting")}</p>
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => run(hub.groups.leave(view.id).then(() => hub.groups.look(view.id)))}
        >
          {t("group.withdraw")}
        </button>
        <FaultLine fault={fault} />
      </div>
    );
  if (!owner.following)
    return (
      <div className="choice-box">
        <p>{t("group.mustFollow", { account: owner.name })}</p>
        <button
          type="button"
          className="button main"
          disabled={busy}
          onClick={() =>
            run(
              hub
                .ask("PUT /accounts/{account}/follow", { path: { account: owner.handle }, body: { source: "group" } })
                .then(followed),
            )
          }
        >
          {t("account.follow")}
        </button>
        <FaultLine fault={fault} />
      </div>
    );
  const joins = t(view.rules === "" ? `group.${verb}` : `group.${verb}Rules`);
  return (
    <form
      className="choice-box"
      onSubmit={(event) => {
        event.preventDefault();
        run(hub.groups.join(view.id, answer.trim()));
      }}
    >
      <p>{t(view.invited ? "group.invited" : "group.choice")}</p>
      {asks && (
        <label className="field">
          {view.question === "" ? t("group.answer") : `${t("group.question")}${t("colon")}${view.question}`}
          <textarea
            rows={3}
            maxLength={500}
            value={answer}
            placeholder={t("group.answerHint")}
            onChange={(event) => setAnswer(event.target.value)}
          />
        </label>
      )}
      <div className="acts">
        <button className="button main" disabled={busy}>
          {view.invited ? t("group.accept") : joins}
        </button>
        {view.invited && (
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() =>
              run(
                hub.groups.turnDown(view.id).then(() => {
                  globalThis.location.hash = hrefOf();
                  look();
                }),
              )
            }
          >
            {t("group.turnDown")}
          </button>
        )}
      </div>
      <FaultLine fault={fault} />
    </form>
  );
}
