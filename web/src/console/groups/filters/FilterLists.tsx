import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { FilterListCard } from "../../../wire";
import { useConfirm } from "../../parts/confirm";
import { RowActs } from "../../parts/RowActs";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Nothing } from "../../parts/Nothing";
import { FilterForm } from "./FilterForm";
import { type Scope, useFilterActs, useLists } from "./scope";
import { TryPanel } from "./TryPanel";

/** The list that is being edited while it has no id yet. */
const NEW = "";

/** The word lists of the account or of a group: what they do, how often they spoke, and a place to try a sentence. */
export function FilterLists({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<string | null>(null);
  const lists = useLists(scope);
  const add = (
    <Button type="primary" onClick={() => setEdited(NEW)}>
      {t("groups.filters.add")}
    </Button>
  );
  if (edited !== null) {
    return <FilterForm scope={scope} list={edited === NEW ? null : edited} onDone={() => setEdited(null)} />;
  }
  return (
    <div className="stack">
      {lists.fault !== null && <Failed fault={lists.fault} again={lists.again} />}
      {lists.value?.items.length === 0 ? (
        <Nothing what={t("groups.filters.none")} next={t("groups.filters.noneNext")}>
          {add}
        </Nothing>
      ) : (
        <>
          <div className="form-acts">
            {add}
            <span className="soft">
              {t(scope.group === undefined ? "groups.filters.ofAccount" : "groups.filters.ofGroup")}
            </span>
          </div>
          <ul className="rows" aria-label={t("groups.view.filters")}>
            {lists.value?.items.map((card) => (
              <Row key={card.id} card={card} scope={scope} onEdit={() => setEdited(card.id)} />
            ))}
          </ul>
        </>
      )}
      <TryPanel scope={scope} />
    </div>
  );
}

function Row({ card, scope, onEdit }: { card: FilterListCard; scope: Scope; onEdit: () => void }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const acts = useFilterActs(scope);
  const doing = useDoing();
  const drop = async () => {
    const title = t("groups.filters.dropTitle", { name: card.name });
    if (!(await confirm({ title, text: t("groups.filters.dropSays"), does: t("console.remove") }))) return;
    await doing.run(() => acts.drop(card.id));
  };
  return (
    <li>
      <div className="grow">
        <p>
          <strong>{card.name}</strong>
          <Tag className="role-tag">{t(`groups.filters.action.${card.action}`)}</Tag>
          {!card.enabled && <Tag className="role-tag">{t("groups.filters.off")}</Tag>}
        </p>
        <p className="soft">
          {t("groups.filters.size", { words: card.words, patterns: card.patterns })}
          {card.note !== "" && ` · ${card.note}`}
        </p>
      </div>
      <p className="hits">
        <strong>{card.hits}</strong>{" "}
        <span className="soft">{t(card.action === "shadow" ? "groups.filters.would" : "groups.filters.hits")}</span>
      </p>
      <RowActs name={card.name} busy={doing.busy} onEdit={onEdit} onDrop={() => void drop()} />
    </li>
  );
}
