const LINK = /https?:\/\/[^\s<>"'，。！？；：、（）【】《》“”]+/g;

/** People's text, with addresses as links; never anything but text. */
export function Linked({ text }: { text: string }) {
  const parts: React.ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(/[.,!?;:)\]]+$/, "");
    parts.push(text.slice(from, found.index));
    parts.push(
      <a key={found.index} href={address} target="_blank" rel="noopener noreferrer">
        {address}
      </a>,
    );
    from = found.index + address.length;
  }
  parts.push(text.slice(from));
  return <span className="words">{parts}</span>;
}
