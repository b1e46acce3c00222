/** Where there is nothing yet: what it would be, and what to do next. */
export function Nothing({
  what,
  next,
  children,
}: {
  what: string;
  next?: string;
  /** The way to do it, as a button. */
  children?: React.ReactNode;
}) {
  return (
    <div className="nothing-yet">
      <p>{what}</p>
      {next !== undefined && <p className="soft">{next}</p>}
      {children}
    </div>
  );
}
