import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Avatar } from "../../talk/Avatar";
import { Linked } from "../../talk/Linked";
import { Icon } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import type { GroupView } from "../../wire";
import { Cover } from "../Cover";

interface GroupFrameProps {
  title: string;
  /** The way back. */
  back: ReactNode;
  view: GroupView;
  /** Whose group it is, once that is known. */
  owner: { name: string; handle: string } | null;
  /** How one stands to it, which comes before what it says of itself. */
  standing?: ReactNode;
  children: ReactNode;
}

/** A page about a group, from outside and from inside: its cover, its name, whose it is, what it says of itself. */
export function GroupFrame({ title, back, view, owner, standing, children }: GroupFrameProps) {
  const { t } = useTranslation();
  return (
    <main className="page">
      <header className="bar">
        {back}
        <h1>{title}</h1>
      </header>
      <Cover src={view.cover} />
      <div className="page-body">
        <div className="about">
          <Avatar name={view.name} size={72} />
          <div>
            <h2>{view.name}</h2>
            <p className="soft">
              {t("group.members", { count: view.members })} · {t(`group.joining.${view.joining}`)}
            </p>
          </div>
        </div>
        {owner !== null && (
          <a className="owner-link" href={hrefOf("a", owner.handle)}>
            <Icon name="shop" size={18} />
            {t("group.of", { account: owner.name })}
          </a>
        )}
        {standing}
        {view.about !== "" && (
          <p className="about-text">
            <Linked text={view.about} />
          </p>
        )}
        {children}
      </div>
    </main>
  );
}

/** The rules of a group, where it has some. */
export function Rules({ text }: { text: string }) {
  const { t } = useTranslation();
  if (text === "") return null;
  return (
    <section className="panel" aria-labelledby="rules">
      <h3 id="rules">{t("group.rules")}</h3>
      <Linked text={text} />
    </section>
  );
}
