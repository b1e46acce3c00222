import { marked, type Span } from "./marks";

/** A text, with the characters of these spans marked. */
export function MarkedText({ text, spans }: { text: string; spans: readonly Span[] }) {
  return marked(text, spans).map((piece, at) =>
    piece.marked ? <mark key={at}>{piece.text}</mark> : <span key={at}>{piece.text}</span>,
  );
}
