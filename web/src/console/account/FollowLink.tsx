import { Button, Input, QRCode } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAsked } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Field } from "../parts/Field";
import { usePlace } from "../person";
import { Copied } from "./Copied";
import { countSources, followLink } from "./link";
import { saveFile } from "../parts/save";
import { pngOf, svgOf } from "./picture";

const SOURCE_LIMIT = 64;

/** The link and the code by which one comes to follow; its tag will stand beside the follower. */
export function FollowLink() {
  const { t } = useTranslation();
  const place = usePlace();
  const [source, setSource] = useState("qr");
  const drawn = useRef<HTMLDivElement>(null);
  const doing = useDoing();
  const link = followLink(globalThis.location.origin, place.handle, source.trim());
  const name = `${place.handle}-${source.trim() || "follow"}`;
  const save = (kind: "png" | "svg") =>
    doing.run(async () => {
      const svg = drawn.current?.querySelector("svg");
      if (svg === null || svg === undefined) return;
      saveFile(kind === "svg" ? svgOf(svg) : await pngOf(svg, place.name), `${name}.${kind}`);
    });
  return (
    <div className="panels">
      <section className="panel qr" aria-label={t("account.link.code")}>
        <div className="qr-paper" ref={drawn} role="img" aria-label={t("account.link.codeOf", { name: place.name })}>
          <span aria-hidden="true">
            <QRCode type="svg" value={link} size={220} color="#000000" bgColor="#ffffff" bordered={false} />
          </span>
          <strong>{place.name}</strong>
        </div>
        <div className="form-acts">
          <Button type="primary" disabled={doing.busy} onClick={() => void save("png")}>
            {t("account.link.png")}
          </Button>
          <Button onClick={() => void save("svg")}>{t("account.link.svg")}</Button>
        </div>
      </section>
      <section className="panel" aria-label={t("account.link.title")}>
        <h2>{t("account.link.title")}</h2>
        <p className="soft">{t("account.link.says")}</p>
        <Field label={t("account.link.source")} hint={t("account.link.sourceHint")}>
          <Input value={source} maxLength={SOURCE_LIMIT} onChange={(event) => setSource(event.target.value)} />
        </Field>
        <Copied label={t("account.link.address")} value={link} />
        <p className="soft">{t("account.link.app")}</p>
      </section>
      {place.role !== "moderator" && <Sources />}
    </div>
  );
}

/** By which links the newest followers came. */
function Sources() {
  const { t } = useTranslation();
  const place = usePlace();
  const asked = useAsked("GET /accounts/{account}/followers", { path: { account: place.id }, query: { limit: 200 } });
  const followers = asked.value?.items ?? [];
  if (followers.length === 0) return null;
  return (
    <section className="panel" aria-label={t("account.link.sources")}>
      <h2>{t("account.link.sources")}</h2>
      <p className="soft">{t("account.link.sourcesOf", { count: followers.length })}</p>
      <dl className="sources">
        {countSources(followers).map(([source, count]) => (
          <div key={source}>
            <dt>{source === "" ? t("account.link.none") : source}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
