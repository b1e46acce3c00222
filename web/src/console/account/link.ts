/** The link by which one comes to follow an account, with what will stand beside the follower as their source. */
export function followLink(origin: string, handle: string, source: string): string {
  return `${origin}/#${new URLSearchParams({ account: handle, source }).toString()}`;
}

/** How often each source stands among followers, the commonest first. */
export function countSources(followers: readonly { source: string }[]): [source: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { source } of followers) counts.set(source, (counts.get(source) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]));
}
