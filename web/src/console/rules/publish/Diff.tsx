import { useTranslation } from "react-i18next";

import type { DiffView, MemberChange, Named } from "../../../wire";
import { isReordered, piecesOf, textOf } from "../model/diff";
import { Mark } from "../Mark";

/** What one set of rules has and another has not. */
export function Diff({ diff }: { diff: DiffView }) {
  const { t } = useTranslation();
  return (
    <div className="diff">
      <NamedList kind="added" rules={diff.added} />
      <NamedList kind="removed" rules={diff.removed} />
      {diff.changed.map((rule) => (
        <section key={rule.id} className="diff-rule">
          <h4>
            <Mark tone="info">{t("rules.publish.changed")}</Mark> {rule.name}
          </h4>
          <Members members={rule.members} />
        </section>
      ))}
      {diff.vocabulary.length > 0 && (
        <section className="diff-rule">
          <h4>
            <Mark tone="info">{t("rules.publish.vocabulary")}</Mark>
          </h4>
          <Members members={diff.vocabulary} />
        </section>
      )}
      {diff.more > 0 && <p className="soft">{t("rules.publish.more", { count: diff.more })}</p>}
    </div>
  );
}

export function isSame(diff: DiffView): boolean {
  return diff.added.length + diff.removed.length + diff.changed.length + diff.vocabulary.length + diff.more === 0;
}

function NamedList({ kind, rules }: { kind: "added" | "removed"; rules: readonly Named[] }) {
  const { t } = useTranslation();
  if (rules.length === 0) return null;
  return (
    <section className="diff-rule">
      <h4>
        <Mark tone={kind === "added" ? "good" : "bad"}>{t(`rules.publish.${kind}`)}</Mark> {rules.length}
      </h4>
      <ul className="diff-names">
        {rules.map((rule) => (
          <li key={rule.id}>{rule.name}</li>
        ))}
      </ul>
    </section>
  );
}

function Members({ members }: { members: readonly MemberChange[] }) {
  const { t } = useTranslation();
  const tell = (value: unknown): string => {
    if (typeof value === "boolean") return t(value ? "rules.publish.yes" : "rules.publish.no");
    const told = value as { mode?: unknown; text?: unknown } | null;
    if (typeof told?.mode === "string" && typeof told.text === "string")
      return `${t(`rules.modes.${told.mode}`)} ${told.text}`;
    return Array.isArray(value) ? value.map(textOf).join(" = ") : textOf(value);
  };
  return (
    <dl className="diff-members">
      {members.map((change) => (
        <div key={change.member}>
          <dt>{memberName(change.member, t)}</dt>
          <dd>
            {isReordered(change) && <span className="soft">{t("rules.publish.reordered")}</span>}
            {piecesOf(change, tell).map((piece, at) =>
              piece.is === "added" ? <ins key={at}>{piece.text}</ins> : <del key={at}>{piece.text}</del>,
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

type Tell = ReturnType<typeof useTranslation>["t"];

/** The member in the words of the page, which stand under its path as a whole; the path itself of one that is newer than the page. */
function memberName(member: string, t: Tell): string {
  const names = t("rules.publish.members", { returnObjects: true }) as Readonly<Record<string, string>>;
  return names[member] ?? member;
}
