import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../ui/context";
import { Icon } from "../ui/icons";
import type { Bodies } from "../wire";
import { useMedia } from "./Picture";
import { peaksOf } from "./peaks";

const BARS = 28;

/** A voice note: play, pause, where it is, and how loud it goes. */
export function Voice({ body }: { body: Bodies["voice"] }) {
  const { t } = useTranslation();
  const { address, failed, again } = useMedia(body.media, "full");
  const audio = useRef<HTMLAudioElement>(null);
  const [plays, setPlays] = useState(false);
  const [done, setDone] = useState(0);
  const peaks = usePeaks(body.media, address !== null);
  const toggle = () => {
    if (failed) again();
    else if (plays) audio.current?.pause();
    else void audio.current?.play().catch(() => setPlays(false));
  };
  const label = failed ? t("media.failed") : t(plays ? "chat.pause" : "chat.play");
  return (
    <div className="voice">
      <button
        type="button"
        onClick={toggle}
        aria-label={`${label}${t("comma")}${t("chat.voice", { seconds: Math.round(body.seconds) })}`}
      >
        <Icon name={failed ? "alert" : plays ? "pause" : "play"} />
      </button>
      <svg className="wave" viewBox={`0 0 ${BARS * 4} 24`} aria-hidden="true">
        {peaks.map((peak, at) => (
          <rect
            key={at}
            x={at * 4}
            width="2.500"
            y={12 - peak * 11}
            height={Math.max(2, peak * 22)}
            rx="1.200"
            data-done={at / BARS < done}
          />
        ))}
      </svg>
      <span className="voice-length">{Math.round(body.seconds)}″</span>
      {address !== null && (
        <audio
          ref={audio}
          src={address}
          onPlay={() => setPlays(true)}
          onPause={() => setPlays(false)}
          onEnded={() => setDone(0)}
          onTimeUpdate={(event) => setDone(event.currentTarget.currentTime / body.seconds)}
        />
      )}
      {typeof body.transcript === "string" && body.transcript !== "" && <p className="transcript">{body.transcript}</p>}
    </div>
  );
}

function usePeaks(media: string, wanted: boolean): readonly number[] {
  const hub = useHub();
  const [peaks, setPeaks] = useState<readonly number[]>(() => Array.from({ length: BARS }, () => 0.12));
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    const peaks = hub.media.file(media, "full").then((file) => peaksOf(file, BARS));
    peaks.then(
      (found) => gone || setPeaks(found),
      () => undefined, // a browser that cannot decode it draws a flat line
    );
    return () => {
      gone = true;
    };
  }, [hub, media, wanted]);
  return peaks;
}
