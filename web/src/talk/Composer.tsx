import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf } from "../hub/fault";
import type { Talk } from "../state/state";
import { useHub } from "../ui/context";
import { Icon, IconButton } from "../ui/icons";
import type { WireMessage } from "../wire";
import { Emoji } from "./Emoji";
import { Recorder } from "./Recorder";

const LONGEST = 4_000;
const TELL_AT = 3_600;
const drafts = new Map<string, string>();

/** Where one writes: text, emoji, pictures (chosen, taken, pasted, dropped), voice. */
export function Composer({ talk, replyTo, onDone }: { talk: Talk; replyTo: WireMessage | null; onDone: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const [text, setText] = useState(drafts.get(talk.id) ?? "");
  const [emoji, setEmoji] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const { send: sendFile, pictures, busy, fault } = useUpload(talk, replyTo, onDone);
  const over = Array.from(text).length - LONGEST;
  const write = (value: string) => {
    setText(value);
    drafts.set(talk.id, value);
    if (value !== "") hub.typing(talk.id);
  };
  const send = () => {
    const said = text.trim();
    if (said === "" || over > 0) return;
    hub.send(talk.id, "text", { text: said }, replyTo?.seq ?? null);
    write("");
    onDone();
    area.current?.focus();
  };
  useEffect(() => {
    if (replyTo !== null) area.current?.focus();
  }, [replyTo]);
  return (
    <div className="composer">
      {replyTo !== null && (
        <div className="reply-to">
          <span>
            {t("chat.replyTo", { name: replyTo.author.name })}：{replyTo.fallback}
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
      <form
        className="write"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        onPaste={(event) => void pictures(event.clipboardData.files, event)}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => void pictures(event.dataTransfer.files, event)}
      >
        <textarea
          ref={area}
          rows={1}
          value={text}
          aria-label={t("write.label")}
          placeholder={t("write.hint")}
          enterKeyHint="send"
          onChange={(event) => write(event.target.value)}
          onKeyDown={(event) => {
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
          <FileButton label={t("write.picture")} icon="picture" onFiles={(files) => void pictures(files)} />
          <FileButton label={t("write.camera")} icon="camera" capture onFiles={(files) => void pictures(files)} />
          <Recorder onVoice={(file) => void sendFile(file)} />
          <button
            className="send"
            disabled={text.trim() === "" || over > 0}
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

interface FileButtonProps {
  label: string;
  icon: "picture" | "camera";
  capture?: boolean;
  onFiles: (files: FileList) => void;
}

function FileButton({ label, icon, capture = false, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        icon={icon}
        label={label}
        className={capture ? "only-touch" : ""}
        onClick={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        hidden
        accept="image/*"
        {...(capture ? { capture: "environment" } : { multiple: true })}
        aria-label={label}
        onChange={(event) => {
          if (event.target.files !== null) onFiles(event.target.files);
          event.target.value = "";
        }}
      />
    </>
  );
}

/** Upload, then send what was stored. The hub decides what a file is. */
function useUpload(talk: Talk, replyTo: WireMessage | null, onDone: () => void) {
  const { t } = useTranslation();
  const hub = useHub();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const send = async (file: Blob) => {
    setBusy(true);
    setFault(null);
    try {
      const { kind, media, width, height, seconds } = await hub.upload(file);
      if (kind === "image")
        hub.send(talk.id, "image", { media, width: width ?? 1, height: height ?? 1 }, replyTo?.seq ?? null);
      else hub.send(talk.id, kind, { media, seconds: seconds ?? 1 }, replyTo?.seq ?? null);
      onDone();
    } catch (thrown) {
      setFault(t("write.uploadFailed", { message: faultOf(thrown).fault?.message ?? t("lost") }));
    } finally {
      setBusy(false);
    }
  };
  const pictures = async (files: FileList, event?: React.SyntheticEvent) => {
    if (files.length === 0) return;
    event?.preventDefault();
    for (const file of files) {
      if (file.type.startsWith("image/")) await send(file);
      else setFault(t("write.onlyPictures"));
    }
  };
  return { send, pictures, busy, fault };
}
