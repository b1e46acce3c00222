/** The icons of the pages, drawn here so that no document loads anything from elsewhere. 24 × 24, one stroke. */
const PATHS = {
  back: "M15 5l-7 7 7 7",
  more: "M4.200 12a.8.8 0 1 0 1.600 0a.8.8 0 1 0-1.600 0M11.200 12a.8.8 0 1 0 1.600 0a.8.8 0 1 0-1.600 0M18.200 12a.8.8 0 1 0 1.600 0a.8.8 0 1 0-1.600 0",
  send: "M4 12l16-8-6 16-3-7z",
  emoji:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.500c1 1.300 2.200 2 3.500 2s2.500-.7 3.500-2M9 9.500h.01M15 9.500h.01",
  picture:
    "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM4 16l4.500-4.500 4 4 3-3L20 17M9 8.500h.01",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 16.500a3.250 3.250 0 1 0 0-6.500 3.250 3.250 0 0 0 0 6.500z",
  microphone:
    "M12 15a3.500 3.500 0 0 0 3.500-3.500v-5a3.500 3.500 0 0 0-7 0v5A3.500 3.500 0 0 0 12 15zM5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3",
  play: "M8 5.500v13l10-6.500z",
  pause: "M8.500 6v12M15.500 6v12",
  stop: "M7 7h10v10H7z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 10l6 6 6-6",
  up: "M6 14l6-6 6 6",
  reply: "M10 7l-5 5 5 5M5 12h8a6 6 0 0 1 6 6",
  recall: "M4 12a8 8 0 1 0 2.500-5.800M4 4v4.500h4.500",
  copy: "M9 9h10v11H9zM5 15V4h10",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.500V12l3 2",
  check: "M5 12.500l4.500 4.500L19 7.500",
  checks: "M2.500 12.500L7 17l9.500-9.500M12 16l1 1 9-9.500",
  alert: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.500v5.500M12 16.500h.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500c.8-3.700 3.800-5.500 7.500-5.500s6.700 1.800 7.500 5.500",
  horn: "M4 10v4l10 4.500v-13zM14 9.500a2.700 2.700 0 0 1 0 5M7 15.500l1 4.500h2.500l-1-3.300",
  pin: "M9 4h6l-.7 6 3.200 3.500h-11L9.700 10zM12 13.500V21",
  at: "M15.500 12a3.500 3.500 0 1 1-7 0 3.500 3.500 0 0 1 7 0zM15.500 8.500V13a2.300 2.300 0 0 0 4.600 0v-1a8.100 8.100 0 1 0-3.300 6.500",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  hush: "M6 9a6 6 0 0 1 10-4.400M18 9c0 5 2 6 2 7H8M4 16c0-1 2-2 2-7M10 20h4M4 4l16 16",
  bell: "M6 9a6 6 0 0 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7zM10 20h4",
  shop: "M4 9l1.500-5h13L20 9M4 9a2.700 2.700 0 0 0 5.300 0 2.700 2.700 0 0 0 5.400 0A2.700 2.700 0 0 0 20 9M5.500 12v8h13v-8M10 20v-4.500h4V20",
  desk: "M4 13l2.500-8h11L20 13M4 13v6h16v-6M4 13h5a3 3 0 0 0 6 0h5",
  rules: "M5 5h14v10H10l-4 4v-4H5zM9 9h6M9 12h4",
  people:
    "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19.500c.6-3.400 3-5 6.500-5s5.900 1.600 6.500 5M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.800c2 .7 3.200 2.300 3.500 4.700",
  chart: "M4 4v16h16M8 16v-4M12 16V8M16 16v-6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.500 4.500",
  plus: "M12 5v14M5 12h14",
  flag: "M6 21V4M6 5h11l-2 4 2 4H6",
  shield: "M12 3l7.500 3v5.500c0 4.500-3 7.800-7.500 9.500-4.500-1.700-7.500-5-7.500-9.500V6zM9 12l2 2 4-4.500",
  keyboard: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon; who sees none hears the label of what it stands in. */
export function Icon({ name, size = 22 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A button that shows an icon and says what it does. */
export function IconButton({
  icon,
  label,
  ...rest
}: { icon: IconName; label: string } & React.ComponentPropsWithRef<"button">) {
  return (
    <button type="button" aria-label={label} title={label} {...rest} className={`icon-button ${rest.className ?? ""}`}>
      <Icon name={icon} />
    </button>
  );
}
