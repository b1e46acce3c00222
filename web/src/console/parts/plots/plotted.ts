/** One thing that is plotted: its member of the rows, its name, and its colour (1 to 6; those beside each other differ for who sees no red). */
export interface Series {
  key: string;
  name: string;
  color: 1 | 2 | 3 | 4 | 5 | 6;
}

/** What was counted at one place of the axis. */
export interface PlotRow {
  label: string;
  values: Readonly<Record<string, number>>;
}

export interface Plotted {
  rows: readonly PlotRow[];
  series: readonly Series[];
  /** `stack`: parts of a whole beside time. `lines`: how figures went. `bars`: figures beside each other. */
  kind: "stack" | "lines" | "bars";
  /** How a figure is written; as it is by default. */
  format?: (value: number) => string;
}
