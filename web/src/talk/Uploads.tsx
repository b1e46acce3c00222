import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Talk } from "../state/state";
import { useHub } from "../ui/context";
import { IconButton } from "../ui/icons";
import type { WireMessage } from "../wire";
import { useThrownSaid } from "./faults";

interface FileButtonProps {
  label: string;
  icon: "picture" | "camera";
  capture?: boolean;
  onFiles: (files: FileList) => void;
}

/** Choose pictures, or take one. */
export function FileButton({ label, icon, capture = false, onFiles }: FileButtonProps) {
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
export function useUpload(talk: Talk, replyTo: WireMessage | null, onDone: () => void) {
  const { t } = useTranslation();
  const hub = useHub();
  const say = useThrownSaid();
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
      setFault(t("write.uploadFailed", { message: say(thrown) }));
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
