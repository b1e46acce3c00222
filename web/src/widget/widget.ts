/**
 * The chat widget of a shop page, one script and nothing else:
 *
 *     <script src="https://hub.example/widget.js" data-account="demo" defer></script>
 *     <script>addEventListener("weihub:token", (event) => event.detail.give(tokenOfMyShop))</script>
 *
 * It puts a button at the corner and the chat behind it in a frame. The token comes from the page, when it is asked for:
 * by the event `weihub:token`, each time one is needed. The frame is on another origin, so that neither reads the other.
 */
(() => {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const hub = new URL(script.src).origin;
  const account = script.dataset["account"] ?? "";
  const label = script.dataset["label"] ?? "在线咨询";
  const color = script.dataset["color"] ?? "#0f766e";

  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  const button = document.createElement("button");
  const badge = document.createElement("span");
  let frame: HTMLIFrameElement | null = null;
  let shown = false;

  const style = (element: HTMLElement, rules: Partial<CSSStyleDeclaration>) => Object.assign(element.style, rules);
  const common = { position: "fixed", zIndex: "2147483000", border: "0" };

  const place = () => {
    const narrow = innerWidth < 560;
    if (frame === null) return;
    style(frame, {
      ...common,
      display: shown ? "block" : "none",
      right: narrow ? "0" : "20px",
      bottom: narrow ? "0" : "84px",
      width: narrow ? "100%" : "380px",
      height: narrow ? "100%" : "min(640px, calc(100% - 110px))",
      borderRadius: narrow ? "0" : "16px",
      boxShadow: "0 8px 40px rgb(0 0 0 / 25%)",
      background: "#fff",
    });
    button.setAttribute("aria-expanded", String(shown));
    style(button, { display: shown && narrow ? "none" : "block" });
  };

  const show = (wanted: boolean) => {
    shown = wanted;
    if (wanted && frame === null) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.allow = "microphone; camera";
      frame.src = `${hub}/widget#/c/${encodeURIComponent(account)}`;
      shadow.append(frame);
    }
    place();
    if (wanted) frame?.focus();
    else button.focus();
  };

  const give = (token: unknown) => {
    if (typeof token === "string") frame?.contentWindow?.postMessage({ type: "weihub.token", token }, hub);
  };

  addEventListener("message", (event: MessageEvent) => {
    if (frame === null || event.source !== frame.contentWindow || event.origin !== hub) return;
    const told = event.data as { type?: unknown; count?: unknown } | null;
    if (told?.type === "weihub.token-wanted") dispatchEvent(new CustomEvent("weihub:token", { detail: { give } }));
    if (told?.type === "weihub.close") show(false);
    if (told?.type === "weihub.unread" && typeof told.count === "number") {
      badge.textContent = told.count > 99 ? "99+" : String(told.count);
      style(badge, { display: told.count > 0 && !shown ? "block" : "none" });
    }
  });
  addEventListener("resize", place);

  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => show(!shown));
  style(button, {
    ...common,
    right: "20px",
    bottom: "20px",
    padding: "12px 20px",
    borderRadius: "999px",
    background: color,
    color: "#fff",
    font: "600 16px/24px system-ui, sans-serif",
    boxShadow: "0 4px 16px rgb(0 0 0 / 25%)",
    cursor: "pointer",
  });
  style(badge, {
    display: "none",
    position: "absolute",
    top: "-6px",
    right: "-2px",
    minWidth: "20px",
    padding: "0 5px",
    borderRadius: "10px",
    background: "#b3261e",
    color: "#fff",
    font: "600 12px/20px system-ui, sans-serif",
  });
  button.append(badge);
  shadow.append(button);
  document.body.append(host);
  place();
})();
