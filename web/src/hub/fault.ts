import type { ErrorCode, Fault } from "../wire";

/** What went wrong between a page and the hub. `lost`: no answer came; it may have been done, or not. */
export class HubFault extends Error {
  readonly code: ErrorCode | "lost";
  readonly fault: Fault | null;

  constructor(fault: Fault | null) {
    super(fault?.message ?? "The connection was lost.");
    this.name = "HubFault";
    this.code = fault?.code ?? "lost";
    this.fault = fault;
  }

  /** Seconds after which to try again, where trying again may help. */
  get again(): number | null {
    if (this.code === "lost") return 1;
    if (this.code !== "unavailable" && this.code !== "rate_limited") return null;
    return this.fault?.retry_after ?? 1;
  }
}

/** What was thrown, as a fault of the hub. */
export function faultOf(thrown: unknown): HubFault {
  return thrown instanceof HubFault ? thrown : new HubFault(null);
}

/** An error of the wire, whatever else was meant to be one. */
export function readFault(value: unknown): HubFault {
  const fault = value as Partial<Fault> | null | undefined;
  return new HubFault(typeof fault?.code === "string" ? (fault as Fault) : null);
}
