import type { Account, WireMessage } from "../../wire";

/** The first steps of a new owner, in the order in which they help. */
export const STEPS = ["profile", "hours", "rules", "staff", "link", "answer"] as const;

export type Step = (typeof STEPS)[number];

/** What the hub knows of the account; null while it is not known yet. */
export interface Known {
  account: Pick<Account, "about" | "avatar" | "hours"> | null;
  /** How many versions of the rules were published, of the newest page. */
  versions: number | null;
  staff: number | null;
  followers: readonly { source: string }[] | null;
  /** Messages of conversations that people took over. */
  said: readonly Pick<WireMessage, "author">[] | null;
}

/** Sources that pages write by themselves, without a link having been passed on. */
const OWN_SOURCES = new Set(["", "chat"]);

/** Which steps are done; null where the hub has not answered yet. */
export function doneOf(known: Known): Record<Step, boolean | null> {
  const { account, versions, staff, followers, said } = known;
  return {
    profile: account && account.about.trim() !== "" && account.avatar !== null,
    hours: account && account.hours !== null,
    rules: versions === null ? null : versions > 0,
    staff: staff === null ? null : staff > 1,
    link: followers && followers.some(({ source }) => !OWN_SOURCES.has(source)),
    answer: said && said.some(({ author }) => author.role === "operator" || author.role === "owner"),
  };
}

/** Whether every step is known to be done. */
export function isAllDone(done: Record<Step, boolean | null>): boolean {
  return STEPS.every((step) => done[step] === true);
}
