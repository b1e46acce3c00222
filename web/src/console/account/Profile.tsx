import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { Account, AccountChanges } from "../../wire";
import { useAsked, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Field, Form } from "../parts/Field";
import { SaveActs } from "../parts/Foot";
import { Choice, PictureField, TextField } from "../parts/Inputs";
import { usePerson, usePlace } from "../person";
import { Face } from "./Face";

const KINDS = ["seller", "expert", "media"] as const;
const TEXTS = ["name", "about", "avatar", "cover"] as const;
const OPEN = ["followers", "everyone"] as const;

type Draft = Pick<Account, "name" | "kind" | "about" | "chat_open"> & { avatar: string; cover: string };

/** How the account shows itself to buyers, and with whom it talks. */
export function Profile({ onBegin }: { onBegin?: () => void }) {
  const { t } = useTranslation();
  const place = usePlace();
  const [round, setRound] = useState(0);
  const asked = useAsked("GET /accounts/{account}", { path: { account: place.id } });
  if (asked.value === null) {
    return asked.fault === null ? <p className="soft">{t("loading")}</p> : <Failed {...asked} fault={asked.fault} />;
  }
  return (
    <div className="stack">
      <ProfileForm key={round} account={asked.value} onStale={() => setRound(round + 1)} />
      {onBegin !== undefined && (
        <p>
          <Button type="link" onClick={onBegin}>
            {t("account.begin.again")}
          </Button>
        </p>
      )}
    </div>
  );
}

function ProfileForm({ account, onStale }: { account: Account; onStale: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const { changed } = usePerson();
  const readOnly = usePlace().role !== "owner";
  const [version, setVersion] = useState(account.version);
  const [draft, setDraft] = useState<Draft>(() => draftOf(account));
  const saving = useDoing();
  const set = (some: Partial<Draft>) => setDraft({ ...draft, ...some });
  const save = () =>
    saving.run(
      async () => {
        const body = changesOf(draft);
        const saved = await hub.ask("PATCH /accounts/{account}", { path: { account: account.id }, body, version });
        setVersion(saved.version);
        changed();
        await stale("GET /accounts/{account}");
      },
      { done: t("console.saved"), quiet: true },
    );
  const text = (path: (typeof TEXTS)[number]) => ({
    value: draft[path],
    onChange: (value: string) => set({ [path]: value }),
    disabled: readOnly,
    fault: saving.fault,
    path,
  });
  const reload = async () => {
    await stale("GET /accounts/{account}");
    onStale();
  };
  return (
    <div className="panels">
      <Form label={t("account.view.profile")} onSend={() => void save()}>
        {readOnly && <p className="soft">{t("account.readOnly")}</p>}
        <TextField label={t("account.profile.name")} maxLength={64} {...text("name")} />
        <Field label={t("account.profile.kind")}>
          <select
            className="plain-select"
            value={draft.kind}
            disabled={readOnly}
            onChange={(e) => set({ kind: KINDS.find((kind) => kind === e.target.value) ?? draft.kind })}
          >
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`account.kind.${kind}`)}
              </option>
            ))}
          </select>
        </Field>
        <TextField
          label={t("account.profile.about")}
          hint={t("account.profile.aboutHint")}
          rows={4}
          maxLength={500}
          {...text("about")}
        />
        <PictureField label={t("account.profile.avatar")} hint={t("account.profile.pictureHint")} {...text("avatar")} />
        <PictureField label={t("account.profile.cover")} hint={t("account.profile.coverHint")} {...text("cover")} />
        <Choice
          legend={t("account.profile.chat")}
          value={draft.chat_open}
          disabled={readOnly}
          onChange={(open) => set({ chat_open: open })}
          options={OPEN.map((open) => ({
            value: open,
            label: t(`account.profile.open.${open}`),
            says: t(`account.profile.openSays.${open}`),
          }))}
        />
        <SaveActs doing={saving} paths={TEXTS} readOnly={readOnly} onStale={() => void reload()} />
      </Form>
      <section className="panel preview" aria-label={t("account.profile.preview")}>
        <h2>{t("account.profile.preview")}</h2>
        <div className="preview-card">
          <div className="preview-cover">
            {isPicture(draft.cover) && <img src={draft.cover} alt="" referrerPolicy="no-referrer" />}
          </div>
          <div className="preview-head">
            <Face name={draft.name} src={isPicture(draft.avatar) ? draft.avatar : null} size={56} />
            <div>
              <strong>{draft.name}</strong>
              <p className="soft">
                @{account.handle} · {t(`account.kind.${draft.kind}`)}
              </p>
            </div>
          </div>
          <p className="preview-about">{draft.about === "" ? t("account.profile.noAbout") : draft.about}</p>
        </div>
      </section>
    </div>
  );
}

function draftOf(account: Account): Draft {
  const { name, kind, about, chat_open, avatar, cover } = account;
  return { name, kind, about, chat_open, avatar: avatar ?? "", cover: cover ?? "" };
}

function changesOf(draft: Draft): AccountChanges {
  const picture = (address: string) => (address.trim() === "" ? null : address.trim());
  return { ...draft, avatar: picture(draft.avatar), cover: picture(draft.cover) };
}

/** Only these are shown by the pages: the policy lets no other in. */
function isPicture(address: string): boolean {
  return address.startsWith("https://");
}
