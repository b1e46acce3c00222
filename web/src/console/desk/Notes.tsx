import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useDay } from "../../talk/time";
import { useHub } from "../../ui/context";
import type { NoteView } from "../../wire";
import { Failed } from "../parts/Failed";
import { usePages, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { usePerson, usePlace } from "../person";

const LONGEST = 1_000;

/** What staff keep in mind about a buyer; the buyer never sees it. */
export function Notes({ person }: { person: string }) {
  const { t } = useTranslation();
  const hub = useHub();
  const place = usePlace();
  const stale = useStale();
  const { run, busy } = useDoing();
  const path = { account: place.handle, person };
  const notes = usePages("GET /accounts/{account}/followers/{person}/notes", { path, query: { limit: 20 } });
  const [text, setText] = useState("");
  const add = async () => {
    const work = () => hub.ask("POST /accounts/{account}/followers/{person}/notes", { path, body: { text } });
    if (await run(work)) setText("");
    await stale("GET /accounts/{account}/followers/{person}/notes");
  };
  return (
    <section>
      <h3>{t("desk.notes")}</h3>
      <Input.TextArea
        value={text}
        maxLength={LONGEST}
        className="desk-field"
        rows={1}
        aria-label={t("desk.addNote")}
        placeholder={t("desk.noteHint")}
        onChange={(event) => setText(event.target.value)}
      />
      {text.trim() !== "" && (
        <Button size="small" type="primary" loading={busy} onClick={() => void add()}>
          {t("desk.saveNote")}
        </Button>
      )}
      {notes.fault !== null && <Failed fault={notes.fault} again={notes.again} />}
      <ul className="desk-notes">
        {notes.items.map((note) => (
          <li key={note.id}>
            <Note note={note} path={path} />
          </li>
        ))}
      </ul>
      {notes.more !== null && (
        <button type="button" className="link" onClick={notes.more}>
          {t("console.more")}
        </button>
      )}
    </section>
  );
}

function Note({ note, path }: { note: NoteView; path: { account: string; person: string } }) {
  const { t } = useTranslation();
  const hub = useHub();
  const day = useDay();
  const stale = useStale();
  const { run, busy } = useDoing();
  const { session } = usePerson();
  const { role } = usePlace();
  const [text, setText] = useState<string | null>(null);
  const isMine = note.by.id === session.person.id;
  const where = { ...path, note: note.id };
  const settle = () => stale("GET /accounts/{account}/followers/{person}/notes");
  const save = async () => {
    const body = { text: text ?? "" };
    const work = () => hub.ask("PUT /accounts/{account}/followers/{person}/notes/{note}", { path: where, body });
    if (await run(work)) setText(null);
    await settle();
  };
  const drop = async () => {
    await run(() => hub.ask("DELETE /accounts/{account}/followers/{person}/notes/{note}", { path: where }));
    await settle();
  };
  return (
    <>
      {text === null ? (
        <p className="desk-note">{note.text}</p>
      ) : (
        <Input.TextArea
          autoFocus
          value={text}
          maxLength={LONGEST}
          className="desk-field"
          rows={1}
          aria-label={t("desk.editNote")}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      <p className="desk-note-foot">
        <span className="soft">
          {note.by.name} · <time dateTime={note.at}>{day(note.at)}</time>
          {note.edited_at !== null && ` · ${t("desk.edited")}`}
        </span>
        {text !== null && (
          <button type="button" className="link" disabled={busy || text.trim() === ""} onClick={() => void save()}>
            {t("console.save")}
          </button>
        )}
        {isMine && (
          <button type="button" className="link" onClick={() => setText(text === null ? note.text : null)}>
            {t(text === null ? "console.edit" : "cancel")}
          </button>
        )}
        {(isMine || role === "owner") && text === null && (
          <button type="button" className="link" disabled={busy} onClick={() => void drop()}>
            {t("console.remove")}
          </button>
        )}
      </p>
    </>
  );
}
