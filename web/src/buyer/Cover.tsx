/** The picture above an account or a group. */
export function Cover({ src }: { src: string | null }) {
  return (
    <div className="cover" data-empty={src === null}>
      {src?.startsWith("https://") === true && <img src={src} alt="" referrerPolicy="no-referrer" />}
    </div>
  );
}
