import { AutoComplete, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { useAsked, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { usePlace } from "../person";

/** The tags of a buyer who follows: put on, taken off. */
export function Tags({ person }: { person: string }) {
  const { t } = useTranslation();
  const hub = useHub();
  const place = usePlace();
  const stale = useStale();
  const { run, busy } = useDoing();
  const path = { account: place.handle, person };
  const profile = useAsked("GET /accounts/{account}/followers/{person}/profile", { path });
  const known = useAsked("GET /accounts/{account}/tags", { path: { account: place.handle } });
  const [text, setText] = useState("");
  if (profile.value === null) return null;
  const { tags, following_since } = profile.value;
  const settle = () => stale("GET /accounts/{account}/followers/{person}/profile", "GET /accounts/{account}/tags");
  const put = async (tag: string) => {
    if (tag.trim() === "" || busy) return;
    const work = () =>
      hub.ask("PUT /accounts/{account}/followers/{person}/tags/{tag}", { path: { ...path, tag: tag.trim() } });
    if (await run(work)) setText("");
    await settle();
  };
  const drop = async (tag: string) => {
    await run(() => hub.ask("DELETE /accounts/{account}/followers/{person}/tags/{tag}", { path: { ...path, tag } }));
    await settle();
  };
  return (
    <section>
      <h3>{t("desk.tags")}</h3>
      <p className="desk-tags">
        {tags.map((tag) => (
          <Tag
            key={tag}
            closable={{ "aria-label": t("desk.dropTag", { tag }) }}
            onClose={(event) => {
              event.preventDefault();
              void drop(tag);
            }}
          >
            {tag}
          </Tag>
        ))}
        {tags.length === 0 && <span className="soft">{t("desk.noTags")}</span>}
      </p>
      {following_since === null ? (
        <p className="soft">{t("desk.tagsFollow")}</p>
      ) : (
        <AutoComplete
          className="desk-tag-field"
          value={text}
          aria-label={t("desk.addTag")}
          placeholder={t("desk.addTag")}
          maxLength={20}
          options={(known.value?.items ?? [])
            .filter((one) => !tags.includes(one.tag))
            .map((one) => ({ value: one.tag }))}
          showSearch={{ filterOption: (wanted, option) => option?.value.includes(wanted) ?? false }}
          onChange={setText}
          onSelect={(tag: string) => void put(tag)}
          onKeyDown={(event) => {
            if (event.key === "Enter") void put(text);
          }}
        />
      )}
    </section>
  );
}
