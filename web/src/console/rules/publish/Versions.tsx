import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { VersionView } from "../../../wire";
import { useAsked, usePages } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Form } from "../../parts/Field";
import { DialogActs, FormFault } from "../../parts/Foot";
import { Nothing } from "../../parts/Nothing";
import { useReread, useRulebook, useStaffName } from "../rulebook";
import { useChange } from "../useRuleActs";
import { useWhen } from "../when";
import { Diff, isSame } from "./Diff";
import { Mark } from "../Mark";

/** Which two are compared: numbers of versions, null for the draft. */
interface Pair {
  before: number;
  after: number | null;
}

/** What was published, by whom and why; any two compared; back to one of them. */
export function Versions() {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const pages = usePages("GET /accounts/{account}/rules/versions", { path: { account } });
  const [pair, setPair] = useState<Pair | null>(null);
  const [back, setBack] = useState<VersionView | null>(null);
  const newest = pages.items[0];
  if (pages.fault !== null) return <Failed fault={pages.fault} again={pages.again} />;
  if (!pages.known) return <p className="loading">{t("loading")}</p>;
  if (newest === undefined) return <Nothing what={t("rules.versions.none")} next={t("rules.versions.noneHow")} />;
  const compared = pair ?? { before: newest.version, after: null };
  return (
    <div className="versions">
      <section className="version-list">
        <ol>
          {pages.items.map((one) => (
            <Version
              key={one.version}
              version={one}
              isNow={one === newest}
              onCompare={() => setPair({ before: one.version - 1, after: one.version })}
              onBack={() => setBack(one)}
            />
          ))}
        </ol>
        {pages.more !== null && <Button onClick={pages.more}>{t("console.more")}</Button>}
      </section>
      <Compared pair={compared} onPair={setPair} newest={newest.version} />
      {back !== null && <Back version={back} onClose={() => setBack(null)} />}
    </div>
  );
}

interface VersionProps {
  version: VersionView;
  isNow: boolean;
  onCompare: () => void;
  onBack: () => void;
}

function Version({ version, isNow, onCompare, onBack }: VersionProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const { account, mayEdit } = useRulebook();
  const nameOf = useStaffName();
  const when = useWhen();
  const change = useChange();
  const doing = useDoing();
  const take = () =>
    doing.run(
      async () => {
        const path = { account, version: version.version };
        const { rules } = await hub.ask("GET /accounts/{account}/rules/versions/{version}", { path });
        const { fault } = await change(() => rules, true);
        if (fault !== null) throw fault;
      },
      { done: t("rules.versions.taken", { version: version.version }) },
    );
  return (
    <li className="version">
      <p className="version-head">
        <strong>{t("rules.versions.version", { version: version.version })}</strong>
        {isNow && <Mark tone="good">{t("rules.versions.now")}</Mark>}
        <span className="soft">{t("rules.versions.by", { name: nameOf(version.author), time: when(version.at) })}</span>
      </p>
      <p>{version.note === "" ? <span className="soft">{t("rules.versions.noNote")}</span> : version.note}</p>
      <p className="rules-row">
        {version.version > 1 && (
          <Button size="small" onClick={onCompare}>
            {t("rules.versions.before")}
          </Button>
        )}
        {mayEdit && (
          <Button size="small" loading={doing.busy} onClick={() => void take()}>
            {t("rules.versions.take")}
          </Button>
        )}
        {mayEdit && !isNow && (
          <Button size="small" onClick={onBack}>
            {t("rules.versions.back")}
          </Button>
        )}
      </p>
    </li>
  );
}

/** What differs between two versions, or one and the draft. */
function Compared({ pair, onPair, newest }: { pair: Pair; onPair: (pair: Pair) => void; newest: number }) {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const query = pair.after === null ? { before: pair.before } : { before: pair.before, after: pair.after };
  const diff = useAsked("GET /accounts/{account}/rules:diff", { path: { account }, query });
  const numbers = Array.from({ length: newest }, (_, at) => newest - at);
  const options = numbers.map((version) => ({ value: version, label: t("rules.versions.version", { version }) }));
  return (
    <section className="compared" aria-label={t("rules.versions.compare")}>
      <p className="rules-row">
        {t("rules.versions.from")}
        <Select
          aria-label={t("rules.versions.from")}
          showSearch
          value={pair.before}
          onChange={(before) => onPair({ ...pair, before })}
          options={options}
        />
        {t("rules.versions.to")}
        <Select
          aria-label={t("rules.versions.to")}
          showSearch
          value={pair.after ?? 0}
          onChange={(after) => onPair({ ...pair, after: after === 0 ? null : after })}
          options={[{ value: 0, label: t("rules.versions.draft") }, ...options]}
        />
      </p>
      {diff.fault !== null && <Failed fault={diff.fault} again={diff.again} />}
      {diff.value !== null &&
        (isSame(diff.value) ? <p className="soft">{t("rules.versions.same")}</p> : <Diff diff={diff.value} />)}
    </section>
  );
}

function Back({ version, onClose }: { version: VersionView; onClose: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { account } = useRulebook();
  const reread = useReread();
  const doing = useDoing();
  const [note, setNote] = useState("");
  const back = async () => {
    let made = 0;
    const done = await doing.run(
      async () => {
        const body = { version: version.version, note };
        ({ version: made } = await hub.ask("POST /accounts/{account}/rules:rollback", { path: { account }, body }));
      },
      { quiet: true },
    );
    if (!done) return;
    await doing.run(reread, { done: t("rules.versions.backDone", { version: made }) });
    onClose();
  };
  return (
    <Dialog title={t("rules.versions.back")} onClose={onClose}>
      <Form label={t("rules.versions.back")} onSend={() => void back()}>
        <p>{t("rules.versions.backHow", { version: version.version })}</p>
        <Input
          aria-label={t("rules.versions.backNote")}
          placeholder={t("rules.versions.backNote")}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <FormFault doing={doing} />
        <DialogActs does={t("rules.versions.back")} doing={doing} onClose={onClose} />
      </Form>
    </Dialog>
  );
}
