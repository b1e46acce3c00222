import "./form.css";

import type { HubFault } from "../../hub/fault";

/** A control with its name, what to know about it, and the hub's fault where it concerns it. */
export function Field({
  label,
  hint,
  fault = null,
  path,
  children,
}: {
  label: string;
  hint?: string | undefined;
  /** The fault of the last try; shown here where its path is this field's, or within it. */
  fault?: HubFault | null;
  path?: string;
  /** One control: the label is its name. */
  children: React.ReactNode;
}) {
  const told = path === undefined ? null : faultAt(fault, path);
  return (
    <div className="form-field">
      <label>
        <span>{label}</span>
        {children}
      </label>
      {hint !== undefined && <small className="soft">{hint}</small>}
      {told !== null && (
        <small className="field-fault" role="alert">
          {told}
        </small>
      )}
    </div>
  );
}

/** What a fault says of a member of the body, or of something within it; null where it says nothing of it. */
export function faultAt(fault: HubFault | null, path: string): string | null {
  const at = fault?.fault?.path ?? "";
  const within = at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`);
  return within ? (fault?.fault?.message ?? null) : null;
}

/** A form: sent by its button or the Enter key, one time only while it is under way. */
export function Form({ onSend, label, children }: { onSend: () => void; label: string; children: React.ReactNode }) {
  return (
    <form
      className="form"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      {children}
    </form>
  );
}
