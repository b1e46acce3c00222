import { useState } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";

import type { Plotted } from "./plotted";

const HEIGHT = 260;

/** The picture of a plot. Its colours are variables of plots.css, so that it is legible in both themes. */
export function Drawn({ rows, series, kind, format = String }: Plotted) {
  const [still] = useState(() => globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches);
  const Chart = kind === "lines" ? LineChart : BarChart;
  const data = rows.map((row) => ({ label: row.label, ...row.values }));
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <Chart data={data} margin={{ top: 8, right: 8, bottom: 0, left: -12 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis dataKey="label" stroke="var(--soft)" tickLine={false} minTickGap={16} fontSize={12} />
        <YAxis
          stroke="var(--soft)"
          tickLine={false}
          axisLine={false}
          allowDecimals={false}
          fontSize={12}
          tickFormatter={format}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: "color-mix(in srgb, var(--soft) 12%, transparent)" }}
          contentStyle={{
            background: "var(--raised)",
            border: "1px solid var(--line)",
            borderRadius: 8,
            color: "var(--ink)",
          }}
          itemStyle={{ color: "var(--ink)" }}
          formatter={(value) => format(Number(value))}
        />
        <Legend
          itemSorter={null}
          iconType="circle"
          iconSize={9}
          formatter={(name: string) => <span className="plot-key">{name}</span>}
        />
        {series.map((one) =>
          kind === "lines" ? (
            <Line
              key={one.key}
              dataKey={one.key}
              name={one.name}
              stroke={`var(--plot-${one.color})`}
              strokeWidth={2}
              dot={{ r: 2.5 }}
              isAnimationActive={!still}
              animationDuration={300}
            />
          ) : (
            <Bar
              key={one.key}
              dataKey={one.key}
              name={one.name}
              fill={`var(--plot-${one.color})`}
              {...(kind === "stack" ? { stackId: "all" } : { radius: 3 })}
              maxBarSize={48}
              isAnimationActive={!still}
              animationDuration={300}
            />
          ),
        )}
      </Chart>
    </ResponsiveContainer>
  );
}
