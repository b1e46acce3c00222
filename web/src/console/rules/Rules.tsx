import "./rules.css";

import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import type { RulesView } from "../../wire";
import { useAsked } from "../parts/asked";
import { Failed } from "../parts/Failed";
import { Page } from "../parts/Page";
import { Tabs } from "../parts/Tabs";
import { usePlace } from "../person";
import { Clash } from "./Clash";
import { Editor } from "./editor/Editor";
import { pageHref, PAGES, type PageKey, type Spot, spotOf } from "./places";
import { Publish } from "./publish/Publish";
import { RulebookProvider, useDraft, useOpened, useRulebook, useStaffName } from "./rulebook";
import { Table } from "./table/Table";
import { TryDrawer } from "./try/TryDrawer";
import { useWhen } from "./when";

const VIEWS: Record<PageKey, React.ComponentType> = {
  replay: lazy(async () => ({ default: (await import("./replay/Replay")).Replay })),
  versions: lazy(async () => ({ default: (await import("./publish/Versions")).Versions })),
  stats: lazy(async () => ({ default: (await import("./stats/Stats")).Stats })),
  files: lazy(async () => ({ default: (await import("./files/Files")).Files })),
  words: lazy(async () => ({ default: (await import("./vocabulary/Words")).Words })),
};

/** Automatic replies: the rules as a draft, and everything that is done with them. */
export function Rules({ path }: { path: string[] }) {
  const { t } = useTranslation();
  const { handle } = usePlace();
  const { value, fault, again } = useAsked("GET /accounts/{account}/rules", { path: { account: handle } });
  if (value !== null) return <Opened draft={value} spot={spotOf(path)} />;
  return (
    <Page title={t("rules.title")}>
      {fault === null ? (
        <p className="loading" role="status">
          {t("loading")}
        </p>
      ) : (
        <Failed fault={fault} again={again} />
      )}
    </Page>
  );
}

function Opened({ draft, spot }: { draft: RulesView; spot: Spot }) {
  return (
    <RulebookProvider value={useOpened(draft)}>
      <Room spot={spot} />
      <Clash />
    </RulebookProvider>
  );
}

function Room({ spot }: { spot: Spot }) {
  const { t } = useTranslation();
  const { mayEdit } = useRulebook();
  const [trying, setTrying] = useState(false);
  const View = spot.is === "page" ? VIEWS[spot.key] : null;
  return (
    <Page
      title={t("rules.title")}
      fill
      actions={
        <>
          <SavedMark />
          <Button onClick={() => setTrying(!trying)} aria-expanded={trying}>
            {t("rules.try.open")}
          </Button>
          <Publish />
        </>
      }
    >
      <div className="rules-room">
        <Pages spot={spot} />
        {!mayEdit && <p className="rules-note">{t("rules.readOnly")}</p>}
        <div className="rules-body" data-fill={spot.is === "table"}>
          <Suspense fallback={<p className="loading">{t("loading")}</p>}>
            {spot.is === "table" && <Table />}
            {spot.is === "rule" && <Editor key={spot.id} id={spot.id} />}
            {View !== null && <View />}
          </Suspense>
        </div>
      </div>
      <TryDrawer open={trying} onClose={() => setTrying(false)} />
    </Page>
  );
}

function Pages({ spot }: { spot: Spot }) {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const here = spot.is === "page" ? spot.key : "table";
  const tabs = ([undefined, ...PAGES] as const).map((key) => ({
    key: key ?? "table",
    label: t(`rules.page.${key ?? "table"}`),
    href: pageHref(account, key),
  }));
  return <Tabs label={t("rules.pages")} current={here} tabs={tabs} />;
}

/** Whether the hub has the draft as it is shown, and who saved it last. */
function SavedMark() {
  const { t } = useTranslation();
  const { saving, saved } = useDraft();
  const nameOf = useStaffName();
  const when = useWhen();
  const told = saving
    ? t("rules.saving")
    : saved.version === 0 || saved.at === null
      ? t("rules.published")
      : t("rules.savedAt", { name: nameOf(saved.author), time: when(saved.at) });
  return (
    <span className="rules-saved soft" role="status">
      {told}
    </span>
  );
}
