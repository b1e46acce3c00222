import { Suspense } from "react";
import { useTranslation } from "react-i18next";

import { useChosen } from "../ui/context";
import { Icon } from "../ui/icons";
import { hrefOf, useRoute } from "../ui/route";
import type { Workplace } from "../wire";
import { Attend } from "./attend/Attend";
import { Broken } from "./parts/Broken";
import { Me } from "./Me";
import { PlaceProvider, usePerson } from "./person";
import { roomsOf } from "./rooms";

/** What stands around every room: the account, the way to the rooms, oneself. On a phone the way is a bar below. */
export function Frame() {
  const { t } = useTranslation();
  const { session } = usePerson();
  const [handle, key, ...path] = useRoute();
  const place = session.accounts.find((one) => one.handle === handle) ?? session.accounts[0];
  if (place === undefined) return <Unhired />;
  const rooms = roomsOf(place.role);
  const room = rooms.find((one) => one.key === key) ?? rooms[0];
  if (room === undefined) return <Unhired />;
  return (
    <PlaceProvider value={place}>
      <div className="frame">
        <Link />
        {rooms.some((one) => one.key === "desk") && <Attend key={place.id} place={place} shown={room.key === "desk"} />}
        <nav className="ways" aria-label={t("console.ways")}>
          <Places current={place} />
          <ul>
            {rooms.map((one) => (
              <li key={one.key}>
                <a href={hrefOf(place.handle, one.key)} aria-current={one === room ? "page" : undefined}>
                  <Icon name={one.icon} />
                  <span>{t(`room.${one.key}`)}</span>
                </a>
              </li>
            ))}
          </ul>
          <Me />
        </nav>
        <main className="room" key={place.id}>
          <Broken key={room.key}>
            <Suspense
              fallback={
                <p className="loading" role="status">
                  {t("loading")}
                </p>
              }
            >
              <room.View path={path} />
            </Suspense>
          </Broken>
        </main>
      </div>
    </PlaceProvider>
  );
}

/** The account one works for now; where there are several, a choice. */
function Places({ current }: { current: Workplace }) {
  const { t } = useTranslation();
  const { session } = usePerson();
  if (session.accounts.length === 1) return <p className="place">{current.name}</p>;
  return (
    <select
      className="place"
      aria-label={t("console.place")}
      value={current.handle}
      onChange={(event) => globalThis.location.assign(hrefOf(event.target.value))}
    >
      {session.accounts.map((account) => (
        <option key={account.id} value={account.handle}>
          {account.name}
        </option>
      ))}
    </select>
  );
}

function Link() {
  const { t } = useTranslation();
  const link = useChosen((state) => state.link);
  const refusal = useChosen((state) => state.refusal);
  if (link === "online" || link === "connecting") return null;
  return (
    <p className="link-banner" role="status">
      {link === "offline" ? t("link.offline") : t("link.refused", { message: refusal?.message ?? "" })}
    </p>
  );
}

function Unhired() {
  const { t } = useTranslation();
  const { session } = usePerson();
  return (
    <div className="gate">
      <main>
        <h1>{session.person.name}</h1>
        <p>{t("console.none")}</p>
        <Me />
      </main>
    </div>
  );
}
