import { Input, Select, Tag } from "antd";
import { useTranslation } from "react-i18next";

import { Icon } from "../../../ui/icons";
import { NewRule } from "../editor/NewRule";
import type { Order, Sieve } from "../model/filter";
import { LAYERS, MODES } from "../model/rule";

interface FiltersProps {
  sieve: Sieve;
  onSieve: (sieve: Sieve) => void;
  order: Order;
  onOrder: (order: Order) => void;
  shown: number;
  all: number;
}

/** What of the rules is shown, and in which order. */
export function Filters({ sieve, onSieve, order, onOrder, shown, all }: FiltersProps) {
  const { t } = useTranslation();
  const set = (changes: Partial<Sieve>) => onSieve({ ...sieve, ...changes });
  const everything = { value: "", label: t("rules.table.any") };
  return (
    <div className="rule-filters" role="search">
      <Input
        className="rule-search"
        allowClear
        prefix={<Icon name="search" size={16} />}
        aria-label={t("rules.table.search")}
        placeholder={t("rules.table.search")}
        value={sieve.text}
        onChange={(event) => set({ text: event.target.value })}
      />
      <div className="rule-selects">
        <Select
          aria-label={t("rules.table.layer")}
          value={sieve.layer ?? ""}
          onChange={(layer) => set({ layer: LAYERS.find((one) => one === layer) ?? null })}
          popupMatchSelectWidth={false}
          options={[
            { ...everything, label: `${t("rules.table.layer")}${t("colon")}${t("rules.table.any")}` },
            ...LAYERS.map((layer) => ({ value: layer, label: t(`rules.layers.${layer}`) })),
          ]}
        />
        <Select
          aria-label={t("rules.table.mode")}
          value={sieve.mode ?? ""}
          onChange={(mode) => set({ mode: mode === "" ? null : mode })}
          popupMatchSelectWidth={false}
          options={[
            { ...everything, label: `${t("rules.table.mode")}${t("colon")}${t("rules.table.any")}` },
            ...[...MODES, "similar" as const].map((mode) => ({ value: mode, label: t(`rules.modes.${mode}`) })),
          ]}
        />
        <Select
          aria-label={t("rules.table.state")}
          value={sieve.enabled === null ? "" : sieve.enabled ? "on" : "off"}
          onChange={(state) => set({ enabled: state === "" ? null : state === "on" })}
          popupMatchSelectWidth={false}
          options={[
            { ...everything, label: `${t("rules.table.state")}${t("colon")}${t("rules.table.any")}` },
            { value: "on", label: t("rules.table.on") },
            { value: "off", label: t("rules.table.off") },
          ]}
        />
        <span className="rule-checks">
          {(["changed", "found"] as const).map((one) => (
            <Tag.CheckableTag key={one} checked={sieve[one]} onChange={(checked) => set({ [one]: checked })}>
              {t(`rules.table.${one}`)}
            </Tag.CheckableTag>
          ))}
        </span>
      </div>
      <span className="rule-count" role="status">
        {t("rules.table.count", { shown, all })}
      </span>
      <Select
        aria-label={t("rules.table.order")}
        value={order}
        onChange={onOrder}
        popupMatchSelectWidth={false}
        options={(["priority", "name", "heard", "answered"] as const).map((one) => ({
          value: one,
          label: t(`rules.table.orders.${one}`),
        }))}
      />
      <NewRule />
    </div>
  );
}
