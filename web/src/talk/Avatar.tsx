/** A picture of somebody or something, or the first letter of the name on a colour of its own. */
export function Avatar({ name, src, size = 44 }: { name: string; src?: string | null | undefined; size?: number }) {
  const letter = Array.from(name.trim())[0]?.toUpperCase() ?? "·";
  return (
    <span
      className="avatar"
      data-hue={hueOf(name)}
      style={{ width: size, height: size, fontSize: size * 0.42 }}
      aria-hidden="true"
    >
      {typeof src === "string" && src.startsWith("https://") ? (
        <img src={src} alt="" loading="lazy" referrerPolicy="no-referrer" />
      ) : (
        letter
      )}
    </span>
  );
}

function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return sum % 6;
}
