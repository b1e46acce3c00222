import { tellHost } from "../hub/host";
import { unreadOf } from "../state/state";
import type { Store } from "../state/store";

/** Keep the title of the tab, and the badge of the widget's button, at the number of unread messages. */
export function tellUnread(store: Store): void {
  const title = document.title;
  let told = 0;
  store.subscribe(() => {
    const count = unreadOf(store.get());
    if (count === told) return;
    told = count;
    document.title = count > 0 ? `(${count > 99 ? "99+" : count}) ${title}` : title;
    tellHost({ type: "weihub.unread", count });
  });
}
