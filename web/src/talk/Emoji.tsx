import { useTranslation } from "react-i18next";

const KNOWN = Array.from(
  "😀😄😁😆😅🤣😂🙂😉😊😇🥰😍😘😋😜🤔🤗😏😌😴😷🤒😎🥳😭😢😥😓😤😠😡😱😳🙄😬🤝👍👎👌✌🙏👏💪👋🌹🌷🎁🎉🎂💰📦🚚🛒👗👟👜💯🔥⭐🌞🌙☕🍵🍉🐱🐶🐼💔",
);

/** Faces and things to put into a text. */
export function Emoji({ onPick }: { onPick: (one: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className="emoji" role="group" aria-label={t("write.emoji")}>
      {KNOWN.map((one) => (
        <button key={one} type="button" onClick={() => onPick(one)}>
          {one}
        </button>
      ))}
    </div>
  );
}
