import { Button } from "antd";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Virtualizer } from "virtua";

import { Nothing } from "../../parts/Nothing";
import { ALL, type Order, ordered, type Row, sifted, type Sieve } from "../model/filter";
import { useRulebook } from "../rulebook";
import { EmptyRules } from "./EmptyRules";
import { Filters } from "./Filters";
import { Line } from "./Line";
import { Unsaved } from "./Unsaved";
import { useRows } from "./useRows";

/** All rules of the draft; only those that are seen are drawn. */
export function Table() {
  const { t } = useTranslation();
  const { mayEdit } = useRulebook();
  const [sieve, setSieve] = useState<Sieve>(ALL);
  const [order, setOrder] = useState<Order>("priority");
  const { rows, counted } = useRows();
  const asked = useDeferredValue(sieve);
  const shown = useMemo(() => ordered(sifted(rows, asked), order), [rows, asked, order]);
  if (rows.length === 0) return <EmptyRules />;
  return (
    <div className="rule-table">
      {mayEdit && <Unsaved />}
      <Filters
        sieve={sieve}
        onSieve={setSieve}
        order={order}
        onOrder={setOrder}
        shown={shown.length}
        all={rows.length}
      />
      <div className="rule-head" aria-hidden="true">
        <span>{t("rules.table.name")}</span>
        <span>{t("rules.table.listens")}</span>
        <span>{t("rules.table.priority")}</span>
        <span title={t("rules.table.days")}>{t("rules.table.heard")}</span>
        <span title={t("rules.table.days")}>{t("rules.table.answered")}</span>
        <span>{t("rules.table.enabled")}</span>
        <span />
      </div>
      {shown.length === 0 ? (
        <Nothing what={t("rules.table.none")} next={t("rules.table.noneHow")}>
          <Button onClick={() => setSieve(ALL)}>{t("rules.table.clear")}</Button>
        </Nothing>
      ) : (
        <div className="rule-list" tabIndex={-1}>
          <Virtualizer as="ul" item="li" bufferSize={400}>
            {shown.map((row, at) => (
              <Line
                key={row.rule.id}
                row={row}
                counted={counted}
                above={order === "priority" ? neighbour(row, shown[at - 1]) : null}
                below={order === "priority" ? neighbour(row, shown[at + 1]) : null}
              />
            ))}
          </Virtualizer>
        </div>
      )}
    </div>
  );
}

/** The rule beside this one, where it is of the same layer: the order of layers is not for us to change. */
function neighbour(row: Row, other: Row | undefined): string | null {
  return other?.rule.layer === row.rule.layer ? other.rule.id : null;
}
