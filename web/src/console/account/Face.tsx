/** Somebody's picture, or the first letter of their name. */
export function Face({ name, src, size = 32 }: { name: string; src?: string | null; size?: number }) {
  const style = { width: size, height: size, fontSize: size * 0.42 };
  if (src?.startsWith("https://") === true) {
    return <img className="face" src={src} alt="" style={style} referrerPolicy="no-referrer" loading="lazy" />;
  }
  return (
    <span className="face" style={style} aria-hidden="true">
      {Array.from(name)[0] ?? "?"}
    </span>
  );
}
