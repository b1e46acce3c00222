import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../ui/context";
import { IconButton } from "../ui/icons";
import type { Bodies } from "../wire";

const WIDEST = 240;
const HIGHEST = 280;

/** The address of a stored file, once it is here; `failed` until it is asked for again. */
export function useMedia(media: string, size: "full" | "thumb", wanted = true) {
  const hub = useHub();
  const [address, setAddress] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    hub.media.address(media, size).then(
      (found) => gone || setAddress(found),
      () => gone || setFailed(true),
    );
    return () => {
      gone = true;
    };
  }, [hub, media, size, wanted, tries]);
  const again = () => {
    setFailed(false);
    setTries((before) => before + 1);
  };
  return { address, failed, again };
}

/** A picture: its place is kept before it comes, so that nothing jumps. */
export function Picture({ body }: { body: Bodies["image"] }) {
  const { t } = useTranslation();
  const { address, failed, again } = useMedia(body.media, "thumb");
  const [shown, setShown] = useState(false);
  const scale = Math.min(1, WIDEST / body.width, HIGHEST / body.height);
  const size = { width: Math.max(56, body.width * scale), height: Math.max(40, body.height * scale) };
  const alt = body.alt ?? t("chat.picture");
  return (
    <>
      <button
        type="button"
        className="picture"
        style={size}
        aria-label={failed ? t("media.failed") : `${t("chat.openPicture")}${t("colon")}${alt}`}
        onClick={() => (failed ? again() : setShown(true))}
      >
        {failed ? (
          <span className="soft">{t("media.failed")}</span>
        ) : (
          address !== null && <img src={address} alt={alt} />
        )}
      </button>
      {shown && <FullPicture body={body} alt={alt} onClose={() => setShown(false)} />}
    </>
  );
}

function FullPicture({ body, alt, onClose }: { body: Bodies["image"]; alt: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { address } = useMedia(body.media, "full");
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="full-picture" aria-label={alt} onClose={onClose}>
      <IconButton icon="close" label={t("close")} onClick={() => dialog.current?.close()} />
      {address === null ? <p role="status">{t("loading")}</p> : <img src={address} alt={alt} />}
    </dialog>
  );
}

/** A video, fetched when somebody wants to see it. */
export function Video({ body }: { body: Bodies["video"] }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const { address, failed, again } = useMedia(body.media, "full", wanted);
  if (wanted && address !== null)
    return <video className="video" src={address} controls autoPlay aria-label={t("chat.video")} />;
  return (
    <button type="button" className="picture video" onClick={() => (failed ? again() : setWanted(true))}>
      {failed ? t("media.failed") : wanted ? t("loading") : `▶ ${t("chat.video")} ${Math.round(body.seconds)}″`}
    </button>
  );
}
