import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Talk } from "../state/state";
import { useHub } from "../ui/context";
import { Icon, IconButton } from "../ui/icons";
import type { WireMessage } from "../wire";
import { fillDraft, useDraft, writeDraft } from "./drafts";
import { Emoji } from "./Emoji";
import { CallList } from "./Mentions";
import { useCalls } from "./useCalls";
import type { Slow } from "./useSlow";
import { waitSaid } from "./faults";
import { Recorder } from "./Recorder";
import { FileButton, useUpload } from "./Uploads";

const LONGEST = 4_000;
const TELL_AT = 3_600;

/** What helps with writing: something above the field, and keys that mean something else there. */
export interface Help {
  above: (text: string, write: (text: string) => void) => React.ReactNode;
  /** Whether the key was used, and does nothing else. */
  key: (event: React.KeyboardEvent, text: string, write: (text: string) => void) => boolean;
}

interface ComposerProps {
  talk: Talk;
  replyTo: WireMessage | null;
  onDone: () => void;
  /** In a group: what one is in it, and whether pictures and voice are welcome. */
  group?: { id: string; role: string; media: boolean };
  slow?: Slow;
  help?: Help;
  hint?: string;
}

/** Where one writes: text, emoji, pictures (chosen, taken, pasted, dropped), voice; in a group people can be called by `@`. */
export function Composer({ talk, replyTo, onDone, group, slow, help, hint }: ComposerProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const { text, filled } = useDraft(talk.id);
  const [begun] = useState(filled);
  const [emoji, setEmoji] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const wait = slow?.left ?? 0;
  const media = group?.media !== false;
  const { send: sendFile, pictures, busy, fault } = useUpload(talk, replyTo, onDone);
  const over = Array.from(text).length - LONGEST;
  const write = (value: string) => {
    writeDraft(talk.id, value);
    if (value !== "") hub.typing(talk.id);
  };
  const calls = useCalls(talk, text, area, group?.role, write);
  const send = () => {
    const said = text.trim();
    if (said === "" || over > 0 || wait > 0) return;
    hub.send(talk.id, "text", { text: said, ...calls.inText(said) }, replyTo?.seq ?? null);
    write("");
    calls.clear();
    onDone();
    area.current?.focus();
  };
  const fill = (value: string) => fillDraft(talk.id, value);
  useEffect(() => {
    if (filled !== begun) area.current?.focus();
  }, [filled, begun]);
  useEffect(() => {
    if (replyTo !== null) area.current?.focus();
  }, [replyTo]);
  return (
    <div className="composer">
      {help?.above(text, fill)}
      {replyTo !== null && (
        <div className="reply-to">
          <span>
            {t("chat.replyTo", { name: replyTo.author.name })}
            {t("colon")}
            {replyTo.fallback}
          </span>
          <IconButton icon="close" label={t("cancel")} onClick={onDone} />
        </div>
      )}
      {fault !== null && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {busy && <p role="status">{t("write.uploading")}</p>}
      {over > TELL_AT - LONGEST && (
        <p className={over > 0 ? "fault" : "soft"}>
          {over > 0 ? t("write.tooLong", { over }) : t("write.long", { left: -over })}
        </p>
      )}
      {slow !== undefined && slow.every > 0 && (
        <p className="soft slow" role="timer" data-left={wait}>
          {wait > 0
            ? t("barred.slow", { wait: waitSaid(wait, t) })
            : t("barred.slowOn", { wait: waitSaid(slow.every, t) })}
        </p>
      )}
      {calls.list.open && (
        <CallList id={calls.list.id} at={calls.list.at} callees={calls.callees} onPick={calls.pick} />
      )}
      <form
        className="write"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        onPaste={(event) => void (media && pictures(event.clipboardData.files, event))}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          if (media) void pictures(event.dataTransfer.files, event);
        }}
      >
        <textarea
          ref={area}
          rows={1}
          value={text}
          aria-label={t("write.label")}
          placeholder={hint ?? t("write.hint")}
          enterKeyHint="send"
          aria-autocomplete={group === undefined ? undefined : "list"}
          aria-controls={calls.list.open ? calls.list.id : undefined}
          aria-activedescendant={calls.list.open ? `${calls.list.id}-${calls.list.at}` : undefined}
          onChange={(event) => {
            write(event.target.value);
            calls.look(event.target.selectionStart);
          }}
          onSelect={(event) => calls.look(event.currentTarget.selectionStart)}
          onBlur={() => calls.look(null)}
          onKeyDown={(event) => {
            if (calls.list.onKey(event)) return;
            if (help?.key(event, text, fill) === true) {
              event.preventDefault();
              return;
            }
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <div className="write-tools">
          <IconButton
            icon="emoji"
            label={t("write.emoji")}
            aria-expanded={emoji}
            onClick={() => setEmoji((before) => !before)}
          />
          {media && (
            <>
              <FileButton label={t("write.picture")} icon="picture" onFiles={(files) => void pictures(files)} />
              <FileButton label={t("write.camera")} icon="camera" capture onFiles={(files) => void pictures(files)} />
              <Recorder onVoice={(file) => void sendFile(file)} />
            </>
          )}
          <button
            className="send"
            disabled={text.trim() === "" || over > 0 || wait > 0}
            aria-label={t("write.send")}
            title={t("write.send")}
          >
            <Icon name="send" />
          </button>
        </div>
      </form>
      {emoji && (
        <Emoji
          onPick={(one) => {
            write(text + one);
            area.current?.focus();
          }}
        />
      )}
    </div>
  );
}
