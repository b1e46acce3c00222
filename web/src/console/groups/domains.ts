/** Domains as they are typed or pasted, one a line or with commas, perhaps as whole addresses. */
export function domainsOf(text: string): string[] {
  const found = text
    .split(/[\s,，、;；]+/)
    .map((one) => one.replace(/^[a-z]+:\/\//i, "").replace(/[/?#:].*$/, ""))
    .map((one) => one.toLowerCase())
    .filter(Boolean);
  return [...new Set(found)];
}
