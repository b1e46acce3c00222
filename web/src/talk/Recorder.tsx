import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "../ui/icons";

const LONGEST_S = 60;
const SHORTEST_S = 0.6;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** Record a voice note: one tap begins, another sends; it ends by itself after a minute. */
export function Recorder({ onVoice }: { onVoice: (file: Blob) => void }) {
  const { t } = useTranslation();
  const recorder = useRef<MediaRecorder | null>(null);
  const kept = useRef(true);
  const [since, setSince] = useState<number | null>(null);
  const [seconds, setSeconds] = useState(0);
  const [fault, setFault] = useState<string | null>(null);

  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => {
      const now = (Date.now() - since) / 1000;
      setSeconds(Math.floor(now));
      if (now >= LONGEST_S - 0.5) recorder.current?.stop();
    }, 200);
    return () => clearInterval(timer);
  }, [since]);
  useEffect(
    () => () => {
      kept.current = false;
      if (recorder.current?.state === "recording") recorder.current.stop();
    },
    [],
  );

  const begin = async () => {
    setFault(null);
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
      const made = new MediaRecorder(stream, {
        ...(kind === undefined ? {} : { mimeType: kind }),
        audioBitsPerSecond: 32_000,
      });
      const started = Date.now();
      const pieces: Blob[] = [];
      made.ondataavailable = (event) => pieces.push(event.data);
      made.onstop = () => {
        for (const track of stream.getTracks()) track.stop();
        setSince(null);
        setSeconds(0);
        if (!kept.current) return;
        if ((Date.now() - started) / 1000 < SHORTEST_S) setFault(t("write.tooShort"));
        else onVoice(new Blob(pieces, { type: made.mimeType }));
      };
      kept.current = true;
      recorder.current = made;
      made.start();
      setSince(started);
    } catch {
      setFault(t("write.noMicrophone"));
    }
  };
  const cancel = () => {
    kept.current = false;
    recorder.current?.stop();
  };

  if (since === null) {
    return (
      <>
        <IconButton icon="microphone" label={t("write.record")} onClick={() => void begin()} />
        {fault !== null && (
          <p className="fault recorder-fault" role="alert">
            {fault}
          </p>
        )}
      </>
    );
  }
  return (
    <div className="recording">
      <IconButton icon="close" label={t("cancel")} onClick={cancel} />
      <span role="status">{t("write.recording", { seconds })}</span>
      <IconButton icon="send" label={t("write.stop")} onClick={() => recorder.current?.stop()} />
    </div>
  );
}
