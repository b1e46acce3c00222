import { HubFault, readFault } from "./fault";

/** Somebody of the demo's staff. */
export interface DemoPerson {
  login: string;
  name: string;
  role: string;
  password: string;
}

/** What the demo's door gives: a buyer's token, and the staff to sign in as. */
export interface Entered {
  account: string;
  name: string;
  token: string;
  person: string;
  staff: DemoPerson[];
}

/** Come in to the demo. @throws HubFault */
export async function enterDemo(language: string): Promise<Entered> {
  const headers = { "Content-Type": "application/json", "Accept-Language": language };
  const response = await fetch("/demo/enter", { method: "POST", headers, body: "{}" }).catch(() => null);
  if (response === null) throw new HubFault(null);
  const told = (await response.json()) as Entered & { error?: unknown };
  if (!response.ok) throw readFault(told.error);
  return told;
}
