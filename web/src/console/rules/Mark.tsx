/** A short word on something, on a ground that says how good it is; legible in both themes. */
export function Mark({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "good" | "info" | "warn" | "bad";
  children: React.ReactNode;
}) {
  return (
    <span className="rule-mark" data-tone={tone}>
      {children}
    </span>
  );
}
