import "./plots.css";

import { lazy, Suspense, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Plotted } from "./plotted";

const Drawn = lazy(async () => ({ default: (await import("./Drawn")).Drawn }));

/**
 * A plot with its title, and the same figures as a table: shown by a button, and always there for who hears the page.
 * What draws it is loaded when the first plot is shown.
 */
export function Plot({
  title,
  axis,
  ...plotted
}: Plotted & { title: string; /** What the labels are, such as 日期. */ axis: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <figure className="plot" aria-labelledby={`${id}-title`}>
      <figcaption>
        <span id={`${id}-title`}>{title}</span>
        <button
          type="button"
          className="plot-switch"
          aria-expanded={open}
          aria-controls={`${id}-table`}
          onClick={() => setOpen(!open)}
        >
          {t(open ? "console.asPlot" : "console.asTable")}
        </button>
      </figcaption>
      {!open && (
        <div className="plot-drawn" aria-hidden="true">
          <Suspense fallback={<p className="loading">{t("loading")}</p>}>
            <Drawn {...plotted} />
          </Suspense>
        </div>
      )}
      <div id={`${id}-table`} className={open ? "plot-table" : "hidden"}>
        <Figures title={title} axis={axis} {...plotted} />
      </div>
    </figure>
  );
}

function Figures({ title, axis, rows, series, format = String }: Plotted & { title: string; axis: string }) {
  return (
    <table>
      <caption className="hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{axis}</th>
          {series.map((one) => (
            <th key={one.key} scope="col">
              {one.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label}>
            <th scope="row">{row.label}</th>
            {series.map((one) => (
              <td key={one.key}>{format(row.values[one.key] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
