/** A page of a room: its title, what can be done about all of it, and its body. `fill`: the body scrolls by itself. */
export function Page({
  title,
  back,
  actions,
  fill = false,
  children,
}: {
  title: React.ReactNode;
  /** A link to where one came from, before the title. */
  back?: React.ReactNode;
  actions?: React.ReactNode;
  fill?: boolean;
  children: React.ReactNode;
}) {
  return (
    <section className="page" data-fill={fill}>
      <header className="page-head">
        {back}
        <h1>{title}</h1>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      <div className="page-body">{children}</div>
    </section>
  );
}
