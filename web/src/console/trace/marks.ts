/** Where something begins and ends. */
export type Span = readonly [number, number];

/** A piece of a text, and whether it is marked. */
export interface Piece {
  text: string;
  marked: boolean;
}

/** A text cut into pieces where spans begin and end. Spans are half-open and count code points, as the hub does; they may overlap. */
export function marked(text: string, spans: readonly Span[]): Piece[] {
  const letters = Array.from(text);
  const covered = letters.map((_, at) => spans.some(([from, to]) => from <= at && at < to));
  const pieces: Piece[] = [];
  letters.forEach((letter, at) => {
    const last = pieces.at(-1);
    if (last !== undefined && last.marked === covered[at]) last.text += letter;
    else pieces.push({ text: letter, marked: covered[at] === true });
  });
  return pieces;
}
